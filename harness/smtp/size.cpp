// SPDX-License-Identifier: Apache-2.0
#include "smtp/size.hpp"

#include <algorithm>
#include <limits>

namespace smtpspec::smtp {

std::optional<std::uint64_t> parse_size_value(std::string_view text) {
  constexpr std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
  if (text.empty() || text.size() > 20) return std::nullopt;
  std::uint64_t size = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    size = size > (max - digit) / 10 ? max : size * 10 + digit;
  }
  return size;
}

}  // namespace smtpspec::smtp
