// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace smtpspec::base {

struct CodePoint {
  std::uint32_t value;
  std::size_t length;  ///< in bytes
};

/// Decodes the code point at the beginning of bytes (not empty): strictly valid UTF-8, no overlong forms, no
/// surrogates (RFC 3629 section 3). Nothing for anything else.
std::optional<CodePoint> decode_utf8(std::string_view bytes);

bool is_valid_utf8(std::string_view bytes);

}  // namespace smtpspec::base
