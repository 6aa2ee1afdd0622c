// SPDX-License-Identifier: Apache-2.0
#include "gate/offers.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace smtpspec::gate {
namespace {

bool lists(const std::vector<std::string>& words, const std::string& what) {
  return result::contains(words, what) ||
         (what == "AUTH" && std::any_of(words.begin(), words.end(),
                                        [](const std::string& word) { return word.starts_with("AUTH "); }));
}

}  // namespace

const std::vector<std::string>& places_of_offers() {
  static const std::vector<std::string> places = [] {
    std::vector<std::string> all = {result::of_target_file};
    for (const std::string way : {"smtp", "submission", "smtps", "lmtp"}) {
      all.insert(all.end(), {way, result::in_tls(way), result::after_auth(way)});
    }
    return all;
  }();
  return places;
}

bool offers(const result::Offers& all, const result::Lack& lack) {
  const auto place = all.find(lack.where);
  return place != all.end() && (lack.what.empty() || lists(place->second, lack.what));
}

std::vector<result::Lack> not_in(const result::Offers& seen, const result::Offers& wanted) {
  std::vector<result::Lack> missing;
  for (const auto& [where, words] : wanted) {
    const auto place = seen.find(where);
    if (place == seen.end()) continue;
    for (const auto& word : words) {
      if (!lists(place->second, word)) missing.push_back({where, word});
    }
  }
  return missing;
}

result::Offers offered_by_all(const std::vector<result::Run>& runs) {
  result::Offers all;
  for (const auto& run : runs) result::keep_common(all, run.target.offers);
  return all;
}

bool is_no_longer_offered(const result::CaseResult& result, const result::Offers& all) {
  return result.verdict == base::Verdict::unsupported && offers(all, result.lacks);
}

bool is_refused_message(const result::CaseResult& result, const result::Offers& all) {
  return result.verdict == base::Verdict::unsupported && result.lacks.where == result::of_messages &&
         !all.empty();
}

std::string words_of(const result::Lack& lack) {
  return lack.what.empty() ? lack.where : fmt::format("{} ({})", lack.what, lack.where);
}

std::string words_of(const std::vector<result::Lack>& lacks) {
  std::string words;
  for (const auto& one : lacks) words += (words.empty() ? "" : ", ") + words_of(one);
  return words;
}

}  // namespace smtpspec::gate
