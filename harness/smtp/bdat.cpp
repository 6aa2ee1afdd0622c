// SPDX-License-Identifier: Apache-2.0
#include "smtp/bdat.hpp"

#include <charconv>

#include "smtp/letter_case.hpp"

namespace smtpspec::smtp {

std::optional<BdatArgument> parse_bdat_argument(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  BdatArgument argument;
  const char* const end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, argument.octets);
  if (error != std::errc{}) return std::nullopt;
  if (after == end) return argument;
  argument.last = true;
  const std::string_view marker(after, static_cast<std::size_t>(end - after));
  if (!equals_ignoring_case(marker, " LAST")) return std::nullopt;
  return argument;
}

}  // namespace smtpspec::smtp
