// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smtpspec::smtp {

/// Encodes octets as xtext (RFC 3461 section 4): 33..126 but "+" and "=" stand for themselves, others are
/// +HH.
std::string encode_xtext(std::string_view octets);

/// Nothing when the text is no xtext: lower-case hexadecimal digits, a lone "+", "=", a space, a control
/// character.
std::optional<std::string> decode_xtext(std::string_view text);

}  // namespace smtpspec::smtp
