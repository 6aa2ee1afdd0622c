// SPDX-License-Identifier: Apache-2.0
#include "report/phrases.hpp"

#include <algorithm>
#include <utility>

namespace smtpspec::report {
namespace {

constexpr std::size_t shortest = 4;

}  // namespace

void Phrases::order() {
  std::vector<std::pair<std::size_t, const std::string*>> repeated;
  for (const auto& use : uses_) {
    if (use.second.times > 1 && use.first.size() >= shortest)
      repeated.emplace_back(use.second.times, &use.first);
  }
  std::sort(repeated.begin(), repeated.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : *a.second < *b.second;
  });
  for (const auto& entry : repeated) {
    uses_[*entry.second].number = ordered_.size();
    ordered_.push_back(*entry.second);
  }
}

std::size_t Phrases::number(const std::string& text) const {
  const auto found = uses_.find(text);
  return found == uses_.end() ? none : found->second.number;
}

}  // namespace smtpspec::report
