// SPDX-License-Identifier: Apache-2.0
#include "result/offers.hpp"

#include <algorithm>

namespace smtpspec::result {

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void add_all(Offers& offers, const Offers& others) {
  for (const auto& [where, words] : others) {
    auto& known = offers[where];
    for (const auto& word : words) {
      if (!contains(known, word)) known.push_back(word);
    }
  }
}

void keep_common(Offers& offers, const Offers& others) {
  for (const auto& [where, words] : others) {
    const auto [known, fresh] = offers.try_emplace(where, words);
    if (fresh) continue;
    std::erase_if(known->second, [&seen = words](const std::string& word) { return !contains(seen, word); });
  }
}

}  // namespace smtpspec::result
