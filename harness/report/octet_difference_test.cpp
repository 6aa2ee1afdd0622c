// SPDX-License-Identifier: Apache-2.0
#include "report/octet_difference.hpp"

#include <gtest/gtest.h>

namespace smtpspec::report {
namespace {

struct DifferenceCase {
  std::string before, after, shown_before, shown_after;
};

TEST(OctetDifference, MarksWhatLiesBetweenTheCommonEnds) {
  for (const auto& one : {
           DifferenceCase{"abc", "abc", "abc", "abc"},
           DifferenceCase{"a\r\n.b\r\n", "a\r\nb\r\n", "a\\r\\n\n<mark>.</mark>b\\r\\n\n",
                          "a\\r\\n\n<mark class=\"gone\"></mark>b\\r\\n\n"},
           DifferenceCase{"", "<b>", "<mark class=\"gone\"></mark>", "<mark>&lt;b&gt;</mark>"},
           DifferenceCase{"aa", "aaa", "aa<mark class=\"gone\"></mark>", "aa<mark>a</mark>"},
           DifferenceCase{"\xc3\xbc!", "\xc3\xa4!", "<mark>\xc3\xbc</mark>!", "<mark>\xc3\xa4</mark>!"},
           DifferenceCase{std::string("x\0y", 3), "xy", "x<mark>\\0</mark>y",
                          "x<mark class=\"gone\"></mark>y"},
       }) {
    const auto difference = octet_difference(one.before, one.after);
    EXPECT_EQ(difference.before, one.shown_before);
    EXPECT_EQ(difference.after, one.shown_after);
  }
}

}  // namespace
}  // namespace smtpspec::report
