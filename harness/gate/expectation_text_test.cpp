// SPDX-License-Identifier: Apache-2.0
#include "gate/expectation_text.hpp"

#include <gtest/gtest.h>

namespace smtpspec::gate {
namespace {

using base::Verdict;

const std::string two_entries =
    "# Our server, \xC3\xA4 whole\n"
    "target = \"mine\"\n"
    "\n"
    "# the first\n"
    "[[expect]]\n"
    "case    = [ \"a/\xC3\xBC/c\", # why\n"
    "            \"a/b/d\" ]\n"
    "verdict = 'fail'   # stays\n"
    "reason  = \"\"\"\n"
    "[[expect]] in a text\"\"\"\n"
    "\n"
    "# far away\n"
    "\n"
    "# the second\n"
    "[[expect]]\n"
    "case = \"x\"\n"
    "verdict = [\"warn\"]\n"
    "reason = \"r\"\n";

ExpectationText parsed(const std::string& text) {
  auto made = ExpectationText::parse(text, "e.toml");
  EXPECT_TRUE(made) << base::format(made.problems());
  return std::move(*made);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ExpectationText, UnchangedIsTheSameOctets) {
  const auto text = parsed(two_entries);
  EXPECT_FALSE(text.is_changed());
  EXPECT_EQ(text.changed_text(), two_entries);
}

TEST(ExpectationText, OneValueChangesAndNothingElse) {
  auto text = parsed(two_entries);
  text.set(0, "verdict", {"crash"});
  text.set(1, "verdict", {"warn", "fail"});
  auto expected = replaced(two_entries, "'fail'", "\"crash\"");
  expected = replaced(expected, "[\"warn\"]", "[\"warn\", \"fail\"]");
  EXPECT_EQ(text.changed_text(), expected);
}

TEST(ExpectationText, OfTwoChangesToOneKeyTheLastStands) {
  auto text = parsed(two_entries);
  text.set(0, "case", {"a/x"});
  text.set(0, "case", {"a/y"});
  EXPECT_EQ(text.changed_text(),
            replaced(two_entries, "[ \"a/\xC3\xBC/c\", # why\n            \"a/b/d\" ]", "\"a/y\""));
}

TEST(ExpectationText, ANewKeyStandsBelowTheVerdict) {
  auto text = parsed(two_entries);
  text.set(0, "client", {"stranger"});
  EXPECT_EQ(text.changed_text(), replaced(two_entries, "# stays\n", "# stays\nclient  = \"stranger\"\n"));
}

TEST(ExpectationText, AnEntryGoesWithItsComment) {
  auto first = parsed(two_entries);
  first.remove(0);
  const auto from = two_entries.find("# the first"), to = two_entries.find("# the second");
  EXPECT_EQ(first.changed_text(), two_entries.substr(0, from) + two_entries.substr(to));
  auto second = parsed(two_entries);
  second.remove(1);
  EXPECT_EQ(second.changed_text(), two_entries.substr(0, two_entries.find("\n# the second")));
}

TEST(ExpectationText, TheCommentThatBeginsTheFileStays) {
  const std::string text =
      "# about this file\n[[expect]]\ncase = \"x\"\nverdict = \"warn\"\nreason = \"r\"\n";
  auto made = parsed(text);
  made.remove(0);
  EXPECT_EQ(made.changed_text(), "# about this file\n");
}

TEST(ExpectationText, WhatIsOfferedStaysWhereverItStands) {
  const std::string first = "[[expect]]\ncase = \"x\"\nverdict = \"warn\"\nreason = \"r\"\n\n";
  const std::string offers = "# as of today\n[offers]\nsmtp = [\"SIZE\"]\n\n";
  const std::string second = "# the second\n[[expect]]\ncase = \"y\"\nverdict = \"warn\"\nreason = \"r\"\n";
  auto between = parsed("# mine\n\n" + first + offers + second);
  between.remove(0);
  EXPECT_EQ(between.changed_text(), "# mine\n\n" + offers + second);
  auto below = parsed(first + offers);
  below.remove(0);
  EXPECT_EQ(below.changed_text(), offers);
  auto all = parsed(first + offers + second);
  all.remove(0);
  all.remove(1);
  EXPECT_EQ(all.changed_text(), offers.substr(0, offers.size() - 1));
}

TEST(ExpectationText, WhatIsAddedIsReadBackAsItWas) {
  Expectation entry;
  entry.cases = {"rfc5321/4.5.2-transparency/lock-step",
                 "rfc5321/4.5.2-transparency/only-crlf-dot-crlf-ends/lf"};
  entry.verdicts = {Verdict::warn, Verdict::fail};
  entry.outcomes = {"took \"it\" \\x41"};
  entry.reason = "because";
  entry.issue = "https://bugs.test/1";
  entry.client = "trusted";
  entry.until = "2026-12-31";
  auto text = parsed("");
  text.append(entry);
  const auto again = parsed(text.changed_text());
  ASSERT_EQ(again.file().entries.size(), 1u) << text.changed_text();
  entry.position = again.file().entries[0].position;
  EXPECT_EQ(again.file().entries[0], entry);
  auto with_more = parsed(two_entries);
  with_more.append(entry);
  EXPECT_EQ(with_more.changed_text(), two_entries + "\n" + to_toml(entry));
}

}  // namespace
}  // namespace smtpspec::gate
