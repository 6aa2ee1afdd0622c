// SPDX-License-Identifier: Apache-2.0
#include "base/id_pattern.hpp"

#include <string>

#include <gtest/gtest.h>

namespace smtpspec::base {
namespace {

struct PatternCase {
  std::string pattern;
  std::string id;
  bool selected;
};

TEST(IdPattern, SelectsIdsPrefixesAndStars) {
  const PatternCase cases[] = {
      {"rfc5321/4.5.2/dot", "rfc5321/4.5.2/dot", true},
      {"rfc5321/4.5.2", "rfc5321/4.5.2/dot", true},
      {"rfc5321/4.5.2/", "rfc5321/4.5.2/dot", true},
      {"rfc5321", "rfc5321/4.5.2/dot", true},
      {"rfc5321/4.5", "rfc5321/4.5.2/dot", false},
      {"rfc532", "rfc5321/4.5.2/dot", false},
      {"rfc5321/4.5.2/dot/row", "rfc5321/4.5.2/dot", false},
      {"*", "rfc5321/4.5.2/dot", true},
      {"*/dot", "rfc5321/4.5.2/dot", true},
      {"rfc5321/4.5*", "rfc5321/4.5.2/dot", true},
      {"rfc*/4.*", "rfc5321/4.5.2/dot", true},
      {"*4.5.2", "rfc5321/4.5.2/dot", true},
      {"*.6*", "rfc5321/4.5.2/dot", false},
      {"**dot**", "rfc5321/4.5.2/dot", true},
      {"rfc5321/4.5.2/do?", "rfc5321/4.5.2/dot", false},
      {"rfc5321/4.5.2/dot*", "rfc5321/4.5.2/dot", true},
      {"*/4.5.2", "rfc5321/4.5.2/dot", true},
      {"*/do", "rfc5321/4.5.2/dot", false},
      {"", "rfc5321", false},
      {"/", "rfc5321", false},
      {"a", "", false},
      {"*", "", true},
  };
  for (const auto& c : cases) EXPECT_EQ(selects(c.pattern, c.id), c.selected) << c.pattern << " on " << c.id;
}

TEST(IdPattern, ManyStarsEndSoon) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(selects(pattern + "b", std::string(5000, 'a')));
}

}  // namespace
}  // namespace smtpspec::base
