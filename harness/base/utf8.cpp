// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.hpp"

#include <array>

namespace smtpspec::base {

std::optional<CodePoint> decode_utf8(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (lead < 0x80) return CodePoint{lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < length) return std::nullopt;
  std::uint32_t value = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(bytes[i]);
    if ((next & 0xC0) != 0x80) return std::nullopt;
    value = value << 6 | (next & 0x3Fu);
  }
  constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
    return std::nullopt;
  return CodePoint{value, length};
}

bool is_valid_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::optional<CodePoint> point = decode_utf8(bytes);
    if (!point) return false;
    bytes.remove_prefix(point->length);
  }
  return true;
}

}  // namespace smtpspec::base
