// SPDX-License-Identifier: Apache-2.0
#include "report/shown.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/display.hpp"

namespace smtpspec::report {
namespace {

// Not in the middle of a character of valid UTF-8.
std::size_t place_to_cut(std::string_view octets, std::size_t at_most) {
  constexpr std::size_t longest_tail = 3;
  std::size_t cut = at_most;
  while (cut > 0 && at_most - cut < longest_tail && (static_cast<unsigned char>(octets[cut]) & 0xC0) == 0x80)
    --cut;
  return cut;
}

}  // namespace

std::string shown(std::string_view octets, std::size_t at_most) {
  if (octets.size() <= at_most) return base::escape_for_display(octets);
  const auto cut = place_to_cut(octets, at_most);
  return fmt::format("{}... ({} more octets)", base::escape_for_display(octets.substr(0, cut)),
                     octets.size() - cut);
}

std::vector<std::string> shown_lines(std::string_view text, std::size_t widest) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(shown(text.substr(0, end), widest));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string indented(std::string_view text, std::size_t columns) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    if (text[begin] != '\n') out.append(columns, ' ');
    out += text.substr(begin, end - begin);
    begin = end;
  }
  return out;
}

}  // namespace smtpspec::report
