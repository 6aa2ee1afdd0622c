// SPDX-License-Identifier: Apache-2.0
#include "interop/case_id.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/id_pattern.hpp"

namespace smtpspec::interop {
namespace {

TEST(CaseId, PatternsOfAnyServersAndOfTheCorpussMessagesArePossible) {
  Corpus corpus;
  for (const char* id : {"plain", "dots"}) corpus.emplace_back().id = id;
  const struct {
    const char* pattern;
    bool is_possible;
  } cases[] = {
      {"interop", true},
      {"interop/mine", true},
      {"interop/mine/*", true},
      {"interop/mine/yours", true},
      {"interop/mine/yours/plain", true},
      {"interop/*/yours/dot*", true},
      {"interop/*/plain", true},
      {"interop/mine/yours/plane", false},
      {"rfc5321/mine/yours/plain", false},
  };
  for (const auto& one : cases) {
    const auto ids = possible_ids(one.pattern, corpus);
    const bool is_selected = std::any_of(
        ids.begin(), ids.end(), [&one](const std::string& id) { return base::selects(one.pattern, id); });
    EXPECT_EQ(is_selected, one.is_possible) << one.pattern;
  }
}

}  // namespace
}  // namespace smtpspec::interop
