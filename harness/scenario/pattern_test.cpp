// SPDX-License-Identifier: Apache-2.0
#include "scenario/pattern.hpp"

#include <gtest/gtest.h>

namespace smtpspec::scenario {
namespace {

struct ReplyCase {
  const char* pattern;
  int code;
  bool matches;
  bool same_class;
};

TEST(ReplyPattern, CodesAndClasses) {
  const std::vector<ReplyCase> table{
      {"250", 250, true, true},       {"250", 251, false, true},      {"250", 550, false, false},
      {"2xx", 299, true, true},       {"2yz", 250, true, true},       {"2xx", 354, false, false},
      {"x0z", 502, true, true},       {"x0z", 550, false, true},      {"4xx|5xx", 421, true, true},
      {"4xx|5xx", 250, false, false}, {"250 | 354", 354, true, true}, {"55x", 551, true, true},
      {"55x", 500, false, true},
  };
  for (const auto& row : table) {
    const auto pattern = ReplyPattern::parse(row.pattern);
    ASSERT_TRUE(pattern) << row.pattern;
    EXPECT_EQ(pattern->matches(row.code), row.matches) << row.pattern << " " << row.code;
    EXPECT_EQ(pattern->same_class(row.code), row.same_class) << row.pattern << " " << row.code;
    EXPECT_EQ(pattern->text, row.pattern);
  }
}

TEST(ReplyPattern, AnythingElseIsNone) {
  for (const char* text : {"", "25", "2500", "2a0", "250|", "|250", "250 250", "close", "2XX"}) {
    EXPECT_FALSE(ReplyPattern::parse(text)) << text;
  }
}

TEST(EnhancedPattern, WildcardsAndNone) {
  EXPECT_TRUE(EnhancedPattern::parse("5.7.x")->matches(5, 7, 13));
  EXPECT_FALSE(EnhancedPattern::parse("5.7.x")->matches(5, 6, 0));
  EXPECT_TRUE(EnhancedPattern::parse("2.x.x")->matches(2, 1, 5));
  EXPECT_TRUE(EnhancedPattern::parse("none")->none);
  EXPECT_FALSE(EnhancedPattern::parse("none")->matches(2, 0, 0));
  for (const char* text : {"", "5", "5.7", "5.7.1.1", "5..1", "5.7.", "5.1234.1", "-5.1.1"}) {
    EXPECT_FALSE(EnhancedPattern::parse(text)) << text;
  }
}

struct BoundsCase {
  const char* text;
  std::int64_t at_least;
  std::int64_t at_most;
};

TEST(Bounds, NumbersRangesAndWords) {
  constexpr auto open = std::numeric_limits<std::int64_t>::max();
  const std::vector<BoundsCase> table{{"1", 1, 1},
                                      {"0", 0, 0},
                                      {"0..1", 0, 1},
                                      {"2..", 2, open},
                                      {"more than 2", 3, open},
                                      {"at least 2", 2, open},
                                      {"at most 3", 0, 3}};
  for (const auto& row : table) {
    const auto bounds = Bounds::parse(row.text);
    ASSERT_TRUE(bounds) << row.text;
    EXPECT_EQ(bounds->at_least, row.at_least) << row.text;
    EXPECT_EQ(bounds->at_most, row.at_most) << row.text;
    EXPECT_EQ(bounds->text, row.text);
  }
  for (const char* text :
       {"", "-1", "..", "3..1", "1...2", "two", "more than", "more than x", "1x", "99999999999999999999"}) {
    EXPECT_FALSE(Bounds::parse(text)) << text;
  }
}

TEST(TextPattern, FindsAnywhereAndTakesAGroup) {
  std::string error;
  const auto pattern = TextPattern::compile("^SIZE (\\d+)$", error);
  ASSERT_TRUE(pattern.expression) << error;
  EXPECT_TRUE(pattern.matches("SIZE 1000"));
  EXPECT_FALSE(pattern.matches("size 1000"));
  EXPECT_EQ(pattern.first_group("SIZE 1000"), "1000");
  EXPECT_EQ(pattern.first_group("SIZE"), std::nullopt);
  EXPECT_EQ(TextPattern::compile("b+", error).first_group("abbc"), "bb");
  EXPECT_TRUE(TextPattern::compile("^size", error, TextPattern::Letters::any_case).matches("SIZE 1"));
}

TEST(TextPattern, BytesThatAreNoUtf8StillMatch) {
  std::string error;
  EXPECT_TRUE(TextPattern::compile("^a.b$", error)
                  .matches("a\xFF"
                           "b"));
  EXPECT_TRUE(TextPattern::compile("^ok", error).matches(std::string_view("ok\0\xC3", 4)));
}

TEST(TextPattern, SaysWhyAnExpressionIsNone) {
  std::string error;
  EXPECT_FALSE(TextPattern::compile("(a", error).expression);
  EXPECT_FALSE(error.empty());
  EXPECT_FALSE(TextPattern::compile("(a", error).matches("a"));
}

}  // namespace
}  // namespace smtpspec::scenario
