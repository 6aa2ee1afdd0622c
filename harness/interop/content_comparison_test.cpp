// SPDX-License-Identifier: Apache-2.0
#include "interop/content_comparison.hpp"

#include <string>

#include <gmock/gmock.h>

namespace smtpspec::interop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct ComparisonCase {
  const char* name;
  std::string before, after;
  Change change;
  const char* words;
};

const std::string message = "From: a\r\nX: 1\r\n y\r\n\r\none\r\ntwo\r\n";

const ComparisonCase comparison_cases[] = {
    {"the same", message, message, Change::none, ""},
    {"trace on top", message, "Received: here\r\n there\r\n" + message, Change::none, ""},
    {"a field at the end", message, "From: a\r\nX: 1\r\n y\r\nDate: now\r\n\r\none\r\ntwo\r\n", Change::added,
     "fields were added: Date"},
    {"a field is gone", message, "From: a\r\n\r\none\r\ntwo\r\n", Change::taken, "the field X is gone"},
    {"a field is folded otherwise", message, "From: a\r\nX: 1 y\r\n\r\none\r\ntwo\r\n", Change::header,
     "the field X is another"},
    {"fields in another order", message, "X: 1\r\n y\r\nFrom: a\r\n\r\none\r\ntwo\r\n", Change::header,
     "is another"},
    {"a body line differs", message, "From: a\r\nX: 1\r\n y\r\n\r\none\r\ntow\r\n", Change::body,
     "the body differs in line 2, octet 8"},
    {"the body is cut", message, "From: a\r\nX: 1\r\n y\r\n\r\none\r\n", Change::body,
     "ends after 7 of 12 octets"},
    {"something behind the body", message, message + "three\r\n", Change::body,
     "7 octets follow behind the end"},
    {"an empty line on top", message, "Received: here\r\n\r\n" + message, Change::body, "the body differs"},
    {"nothing at all", "", "Received: here\r\n", Change::none, ""},
    {"everything is gone", message, "", Change::body, "ends after 0 of 12 octets"},
};

TEST(ContentComparison, TellsWhatWasDone) {
  for (const auto& one : comparison_cases) {
    SCOPED_TRACE(one.name);
    const auto comparison = compare_content(one.before, one.after);
    EXPECT_EQ(comparison.change, one.change);
    EXPECT_THAT(comparison.words, HasSubstr(one.words));
  }
}

TEST(ContentComparison, NamesWhatWasPutOnTop) {
  const auto comparison = compare_content(message, "Received: x\r\nX-Scanned: y\r\n" + message);
  EXPECT_THAT(comparison.added, ElementsAre("Received", "X-Scanned"));
}

TEST(ContentComparison, ShowsTheLinesAroundTheDifference) {
  const std::string long_before = "A: b\r\n\r\n" + std::string(5000, 'x') + "\r\nkept\r\nthis\r\nbehind\r\n";
  auto after = long_before;
  after.replace(after.find("this"), 4, "that");
  const auto comparison = compare_content(long_before, after);
  EXPECT_EQ(comparison.before, "kept\r\nthis\r\n");
  EXPECT_EQ(comparison.after, "kept\r\nthat\r\n");
}

TEST(ContentComparison, AWindowIsBounded) {
  const auto comparison =
      compare_content("A: b\r\n\r\n" + std::string(1 << 20, 'x'), "A: b\r\n\r\n" + std::string(1 << 20, 'y'));
  EXPECT_LT(comparison.before.size() + comparison.after.size(), 3000u);
}

}  // namespace
}  // namespace smtpspec::interop
