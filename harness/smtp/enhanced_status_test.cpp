// SPDX-License-Identifier: Apache-2.0
#include "smtp/enhanced_status.hpp"

#include <string>

#include <gtest/gtest.h>

namespace smtpspec::smtp {
namespace {

TEST(EnhancedStatus, IsReadAtTheBeginningOfAText) {
  EXPECT_EQ(parse_enhanced_status("2.1.0 Ok"), (EnhancedStatus{2, 1, 0}));
  EXPECT_EQ(parse_enhanced_status("5.7.1"), (EnhancedStatus{5, 7, 1}));
  EXPECT_EQ(parse_enhanced_status("4.999.999 x"), (EnhancedStatus{4, 999, 999}));
  EXPECT_EQ(parse_enhanced_status("2.0.0 "), (EnhancedStatus{2, 0, 0}));
}

TEST(EnhancedStatus, WhatBreaksTheGrammarIsNone) {
  for (const char* text :
       {"",       "Ok",        "2",      "2.",     "2.1",    "2.1.",   "2.1.x",    "2..0",     " 2.1.0",
        "3.1.0",  "1.0.0",     "0.0.0",  "2.01.0", "2.1.00", "02.1.0", "2.1000.0", "2.1.1000", "2.1.0.1",
        "2.1.0,", "2.1.0\tOk", "2,1,0 ", "22.1.0", "-2.1.0", "2.1.0-", "(2.1.0)"}) {
    EXPECT_EQ(parse_enhanced_status(text), std::nullopt) << text;
  }
}

TEST(EnhancedStatus, LeadingZerosAreTold) {
  for (const char* text : {"2.01.0", "2.1.00 Ok", "5.007.1 no", "2.01.01"})
    EXPECT_TRUE(begins_with_padded_status(text)) << text;
  for (const char* text : {"", "Ok", "2.1.0 Ok", "2.0.0", "02.1.0", "1.01.0", "2.01", "2.01.", "2.0100.0",
                           "2.01.0.1", "2.01.0,", " 2.01.0"})
    EXPECT_FALSE(begins_with_padded_status(text)) << text;
}

TEST(EnhancedStatus, IsWrittenAsItIsRead) {
  EXPECT_EQ(to_string(EnhancedStatus{5, 12, 345}), "5.12.345");
}

TEST(EnhancedStatusPattern, LeavesPartsOpen) {
  struct {
    const char* pattern;
    EnhancedStatus status;
    bool matches;
  } const cases[] = {
      {"5.7.x", {5, 7, 1}, true},   {"5.7.x", {5, 6, 1}, false}, {"x.x.x", {2, 0, 0}, true},
      {"x.7.1", {4, 7, 1}, true},   {"5.x.1", {5, 3, 1}, true},  {"5.x.1", {5, 3, 2}, false},
      {"5.7.1", {5, 7, 1}, true},   {"5.7.1", {5, 7, 2}, false}, {"5.7.1", {4, 7, 1}, false},
      {"X.1.10", {2, 1, 10}, true},
  };
  for (const auto& wanted : cases) {
    const auto pattern = parse_enhanced_status_pattern(wanted.pattern);
    ASSERT_TRUE(pattern) << wanted.pattern;
    EXPECT_EQ(pattern->matches(wanted.status), wanted.matches)
        << wanted.pattern << ' ' << to_string(wanted.status);
  }
}

TEST(EnhancedStatusPattern, MustBeTheWholeText) {
  for (const char* text :
       {"", "5", "5.7", "5.7.x ", "5.7.1 no", "5.7.xx", "6.1.1", "5.7.*", "5..1", "x.x", "5.7.x.x"}) {
    EXPECT_FALSE(parse_enhanced_status_pattern(text)) << text;
  }
}

}  // namespace
}  // namespace smtpspec::smtp
