// SPDX-License-Identifier: Apache-2.0
#include "base/id_pattern.hpp"

namespace smtpspec::base {

// Takes the pattern from left to right and keeps one place to go back to, the last `*`: linear in practice,
// and never worse than the product of both lengths.
bool matches_whole(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool selects(std::string_view pattern, std::string_view case_id) {
  while (pattern.ends_with('/')) pattern.remove_suffix(1);
  if (pattern.empty()) return false;
  for (auto end = case_id.size(); end != std::string_view::npos; end = case_id.rfind('/', end - 1)) {
    if (matches_whole(pattern, case_id.substr(0, end))) return true;
    if (end == 0) break;
  }
  return false;
}

}  // namespace smtpspec::base
