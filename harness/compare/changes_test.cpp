// SPDX-License-Identifier: Apache-2.0
#include "compare/changes.hpp"

#include <gmock/gmock.h>

namespace smtpspec::compare {
namespace {

using result::CaseResult;
using Runs = std::vector<result::Run>;

CaseResult case_of(Verdict verdict, std::string outcome = {}) {
  CaseResult result;
  result.id = "1/x";
  result.verdict = verdict;
  result.outcome = std::move(outcome);
  return result;
}

// An empty id: the run does not have the case.
Runs old_and_new(const CaseResult& was, const CaseResult& is) {
  Runs runs(2);
  for (auto& run : runs) {
    run.target.name = "mta";
    run.cases.push_back(case_of(Verdict::pass));
    run.cases.back().id = "0/always";
  }
  if (!was.id.empty()) runs[0].cases.push_back(was);
  if (!is.id.empty()) runs[1].cases.push_back(is);
  return runs;
}

std::string kind_between(const CaseResult& was, const CaseResult& is) {
  const auto runs = old_and_new(was, is);
  const auto changes = changes_between(make_matrix(runs), 0, 1);
  return changes.empty() ? "same" : std::string(to_string(changes.at(0).kind));
}

TEST(Changes, KindByVerdict) {
  const struct {
    Verdict was;
    Verdict is;
    std::string kind;
  } cases[] = {
      {Verdict::pass, Verdict::pass, "same"},           {Verdict::pass, Verdict::warn, "broken"},
      {Verdict::pass, Verdict::fail, "broken"},         {Verdict::warn, Verdict::fail, "broken"},
      {Verdict::pass, Verdict::blocked, "broken"},      {Verdict::fail, Verdict::crash, "broken"},
      {Verdict::info, Verdict::error, "broken"},        {Verdict::fail, Verdict::pass, "fixed"},
      {Verdict::fail, Verdict::warn, "fixed"},          {Verdict::blocked, Verdict::info, "fixed"},
      {Verdict::crash, Verdict::fail, "fixed"},         {Verdict::pass, Verdict::info, "changed"},
      {Verdict::pass, Verdict::unsupported, "changed"}, {Verdict::fail, Verdict::blocked, "changed"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(kind_between(case_of(c.was), case_of(c.is)), c.kind)
        << base::to_string(c.was) << " " << base::to_string(c.is);
  }
}

TEST(Changes, AnotherOutcomeIsAChange) {
  EXPECT_EQ(kind_between(case_of(Verdict::info, "a"), case_of(Verdict::info, "b")), "changed");
  EXPECT_EQ(kind_between(case_of(Verdict::info, "a"), case_of(Verdict::info, "a")), "same");
}

TEST(Changes, ARequirementBehindTheWorstOneIsAChange) {
  auto was = case_of(Verdict::fail, "a");
  auto is = was;
  was.requirement_verdicts = {{"R1", Verdict::fail}, {"R2", Verdict::pass}};
  is.requirement_verdicts = {{"R1", Verdict::fail}, {"R2", Verdict::warn}};
  const auto runs = old_and_new(was, is);
  const auto changes = changes_between(make_matrix(runs), 0, 1);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].kind, Change::Kind::changed);
  EXPECT_EQ(changes[0].was, "a (R2: pass)");
  EXPECT_EQ(changes[0].is, "a (R2: warn)");
}

TEST(Changes, ARequirementThatOneOfThemDoesNotNameIsAChangeWhereItIsBroken) {
  auto was = case_of(Verdict::fail, "a");
  auto is = was;
  was.requirement_verdicts = {{"R1", Verdict::fail}};
  is.requirement_verdicts = {{"R1", Verdict::fail}, {"R2", Verdict::warn}};
  const auto runs = old_and_new(was, is);
  const auto changes = changes_between(make_matrix(runs), 0, 1);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].was, "a (R2: not broken)");
  EXPECT_EQ(changes[0].is, "a (R2: warn)");
  EXPECT_EQ(kind_between(is, was), "changed");
  is.requirement_verdicts[1].verdict = Verdict::pass;
  EXPECT_EQ(kind_between(was, is), "same");
}

TEST(Changes, GoneAndNew) {
  const auto nothing = CaseResult{};
  EXPECT_EQ(kind_between(case_of(Verdict::pass), nothing), "gone");
  EXPECT_EQ(kind_between(nothing, case_of(Verdict::pass)), "new");
  auto not_run = case_of(Verdict::blocked);
  not_run.reason = "not run: max-time";
  EXPECT_EQ(kind_between(case_of(Verdict::fail), not_run), "gone");
  EXPECT_EQ(kind_between(not_run, case_of(Verdict::fail)), "new");
  EXPECT_EQ(kind_between(not_run, not_run), "same");
}

TEST(Changes, WorstFirst) {
  Runs runs(2);
  for (int i = 0; i < 3; ++i) {
    runs[0].cases.push_back(case_of(i == 0 ? Verdict::fail : Verdict::pass, i == 1 ? "a" : ""));
    runs[1].cases.push_back(case_of(i == 2 ? Verdict::fail : Verdict::pass, i == 1 ? "b" : ""));
    for (auto& run : runs) run.cases.back().id = "1/" + std::to_string(i);
  }
  const auto changes = changes_between(make_matrix(runs), 0, 1);
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].row, 2u);
  EXPECT_EQ(changes[1].row, 1u);
  EXPECT_EQ(changes[2].row, 0u);
}

TEST(Changes, ReasonOfAResult) {
  auto result = case_of(Verdict::pass);
  EXPECT_EQ(reason_of(result), "every assertion held");
  result.outcome = "refused";
  EXPECT_EQ(reason_of(result), "refused");
  result.verdict = Verdict::fail;
  result.findings.resize(2);
  result.findings[1].verdict = Verdict::fail;
  result.findings[1].message = "another class";
  result.findings[1].actual = "250 ok\r\n";
  EXPECT_EQ(reason_of(result), "another class: 250 ok\r\n");
  result.verdict = Verdict::blocked;
  result.reason = "RCPT was refused";
  EXPECT_EQ(reason_of(result), "RCPT was refused");
}

TEST(Changes, OldAndNewShareATarget) {
  auto runs = old_and_new(case_of(Verdict::pass), case_of(Verdict::pass));
  EXPECT_TRUE(is_old_and_new(make_matrix(runs)));
  runs[1].target.name = "other";
  EXPECT_FALSE(is_old_and_new(make_matrix(runs)));
}

TEST(Changes, VersionsOfATargetAreOldAndNew) {
  const struct {
    std::string was;
    std::string is;
    bool old_and_new;
  } cases[] = {
      {"mta@bullseye", "mta", true},         {"mta", "mta@3.19.2", true},
      {"mta@bullseye", "mta@trixie", true},  {"mta", "mta-normalize", false},
      {"mta@trixie", "other@trixie", false},
  };
  for (const auto& c : cases) {
    auto runs = old_and_new(case_of(Verdict::pass), case_of(Verdict::pass));
    runs[0].target.name = c.was;
    runs[1].target.name = c.is;
    EXPECT_EQ(is_old_and_new(make_matrix(runs)), c.old_and_new) << c.was << " " << c.is;
    runs.push_back(runs[1]);
    EXPECT_FALSE(is_old_and_new(make_matrix(runs))) << "three runs";
  }
}

}  // namespace
}  // namespace smtpspec::compare
