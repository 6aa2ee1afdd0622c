// SPDX-License-Identifier: Apache-2.0
#include "report/case_text.hpp"

#include <gtest/gtest.h>

namespace smtpspec::report {
namespace {

using base::Verdict;
using result::Finding;

std::string text_of(const std::vector<Finding>& findings) {
  result::Run run;
  result::CaseResult result;
  result.verdict = Verdict::warn;
  result.findings = findings;
  return case_text(run, result, gate::CaseDecision{}, {false, false}, Paint(false));
}

Finding found(const std::string& actual) {
  Finding finding;
  finding.verdict = Verdict::warn;
  finding.message = "the code is 250, not 251";
  finding.actual = actual;
  return finding;
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t times = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++times;
  return times;
}

TEST(CaseText, WhatIsFoundOnceIsNotCounted) {
  EXPECT_EQ(count(text_of({found("250 a"), found("250 b")}), "again     "), 0);
}

TEST(CaseText, WhatIsFoundAgainIsSaidOnceAndCounted) {
  const auto text = text_of({found("250 a"), found("250 b"), found("250 a"), found("250 b"), found("250 a")});
  EXPECT_EQ(count(text, "250 a"), 1) << text;
  EXPECT_NE(text.find("\nagain     2 more times\n"), std::string::npos) << text;
  EXPECT_EQ(count(text, "250 b"), 1) << text;
  EXPECT_NE(text.find("\n  again     1 more time\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace smtpspec::report
