// SPDX-License-Identifier: Apache-2.0
#include "report/octet_difference.hpp"

#include <algorithm>

#include "base/display.hpp"
#include "report/escape_markup.hpp"

namespace smtpspec::report {
namespace {

// Every LF ends a line on the page too, and is still to be seen.
std::string as_lines(std::string_view octets) {
  std::string text;
  while (!octets.empty()) {
    const auto end = octets.find('\n');
    const auto size = end == std::string_view::npos ? octets.size() : end + 1;
    text += escape_markup(base::escape_for_display(octets.substr(0, size)));
    if (end != std::string_view::npos) text += '\n';
    octets.remove_prefix(size);
  }
  return text;
}

std::string with_mark(std::string_view octets, std::size_t prefix, std::size_t suffix) {
  const auto differs = octets.substr(prefix, octets.size() - prefix - suffix);
  // Where octets are missing, the place is marked.
  const auto marked = differs.empty() ? std::string("<mark class=\"gone\"></mark>")
                                      : "<mark>" + as_lines(differs) + "</mark>";
  return as_lines(octets.substr(0, prefix)) + marked + as_lines(octets.substr(octets.size() - suffix));
}

// A character of UTF-8 is not cut in two.
bool continues_character(char octet) {
  return (static_cast<unsigned char>(octet) & 0xC0) == 0x80;
}

}  // namespace

OctetDifference octet_difference(std::string_view before, std::string_view after) {
  if (before == after) return {as_lines(before), as_lines(after)};
  auto prefix = static_cast<std::size_t>(
      std::mismatch(before.begin(), before.end(), after.begin(), after.end()).first - before.begin());
  while (prefix > 0 && prefix < before.size() && continues_character(before[prefix])) --prefix;
  const auto most = std::min(before.size(), after.size()) - prefix;
  std::size_t suffix = 0;
  while (suffix < most && before[before.size() - 1 - suffix] == after[after.size() - 1 - suffix]) ++suffix;
  while (suffix > 0 && continues_character(before[before.size() - suffix])) --suffix;
  return {with_mark(before, prefix, suffix), with_mark(after, prefix, suffix)};
}

}  // namespace smtpspec::report
