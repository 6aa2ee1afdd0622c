// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace smtpspec::smtp {

/// Reads a size-value of RFC 1870, 1 to 20 digits: the parameter of MAIL, or what EHLO lists (0: no fixed
/// limit). What 20 digits can say above 2^64-1 gives 2^64-1. Nothing for any other text.
std::optional<std::uint64_t> parse_size_value(std::string_view text);

}  // namespace smtpspec::smtp
