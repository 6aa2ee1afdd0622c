// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smtpspec::smtp {

/// Base64 with padding, on one line (RFC 4648 section 4).
std::string encode_base64(std::string_view octets);

/// Nothing when the text is malformed: a foreign character, wrong or missing padding, or bits set that the
/// padding leaves unused (RFC 4648 3.5).
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace smtpspec::smtp
