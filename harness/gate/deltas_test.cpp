// SPDX-License-Identifier: Apache-2.0
#include "gate/deltas.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpspec::gate {
namespace {

using base::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

result::CaseResult case_of(std::string id, Verdict verdict, std::string outcome = {}) {
  result::CaseResult result;
  result.id = std::move(id);
  result.verdict = verdict;
  result.outcome = std::move(outcome);
  return result;
}

result::Run run_of(std::vector<result::CaseResult> cases, std::string expectations) {
  result::Run run;
  run.started = "2026-06-15T12:00:00Z";
  run.cases = std::move(cases);
  run.expectations = {"e.toml", std::move(expectations)};
  return run;
}

std::string entry(const std::string& subject, const std::string& verdict, const std::string& more = {}) {
  return "[[expect]]\n" + subject + "\nverdict = " + verdict + "\nreason = \"known\"\n" + more + "\n";
}

struct DeltaCase {
  std::string expected;
  Verdict verdict;
  Delta delta;
  bool red;
};

TEST(Deltas, OneVerdictAgainstOneEntry) {
  const DeltaCase cases[] = {
      {"\"fail\"", Verdict::fail, Delta::as_expected, false},
      {"\"fail\"", Verdict::pass, Delta::unexpected_pass, true},
      {"\"fail\"", Verdict::info, Delta::unexpected_pass, true},
      {"\"fail\"", Verdict::warn, Delta::changed, true},
      {"\"fail\"", Verdict::unsupported, Delta::changed, true},
      {"\"fail\"", Verdict::crash, Delta::regression, true},
      {"\"fail\"", Verdict::blocked, Delta::regression, true},
      {"\"warn\"", Verdict::warn, Delta::as_expected, false},
      {"\"warn\"", Verdict::fail, Delta::regression, true},
      {"\"blocked\"", Verdict::blocked, Delta::as_expected, false},
      {"\"crash\"", Verdict::crash, Delta::as_expected, false},
      {"[\"pass\", \"fail\"]", Verdict::pass, Delta::as_expected, false},
      {"[\"pass\", \"fail\"]", Verdict::fail, Delta::as_expected, false},
      {"[\"warn\", \"crash\"]", Verdict::fail, Delta::changed, true},
  };
  for (const auto& c : cases) {
    const auto run = run_of({case_of("a/b/c", c.verdict)}, entry("case = \"a/b\"", c.expected));
    const auto decided = decide(run, {}).cases.at(0);
    EXPECT_EQ(to_string(decided.delta), to_string(c.delta)) << c.expected << base::to_string(c.verdict);
    EXPECT_EQ(decided.red, c.red) << c.expected << base::to_string(c.verdict);
    EXPECT_EQ(decided.entry.line, 1u);
    EXPECT_THAT(decided.reason, HasSubstr("known"));
  }
}

TEST(Deltas, WhatNoEntrySpeaksOfIsARegressionWhereItIsRed) {
  const auto run =
      run_of({case_of("a/b", Verdict::fail), case_of("a/c", Verdict::pass), case_of("a/d", Verdict::warn)},
             "# nothing\n");
  const auto decision = decide(run, {});
  EXPECT_EQ(decision.cases[0].delta, Delta::regression);
  EXPECT_EQ(decision.cases[0].reason, "not in e.toml");
  EXPECT_EQ(decision.cases[1], CaseDecision{});
  EXPECT_EQ(decision.cases[2], CaseDecision{});
  EXPECT_EQ(decision.exit_code, ExitCode::red);
  EXPECT_EQ(decide(run, {true, {}}).cases[2].delta, Delta::regression);
}

TEST(Deltas, AnOutcomePinsHow) {
  const auto text = entry("case = \"a\"", "\"fail\"", "outcome = [\"closed\", \"took * of it\"]");
  EXPECT_EQ(decide(run_of({case_of("a", Verdict::fail, "took half of it")}, text), {}).cases[0].delta,
            Delta::as_expected);
  const auto decided = decide(run_of({case_of("a", Verdict::fail, "took it")}, text), {}).cases[0];
  EXPECT_EQ(decided.delta, Delta::changed);
  EXPECT_TRUE(decided.red);
  EXPECT_EQ(decided.reason, "e.toml:1 pins the outcome 'closed': known");
}

TEST(Deltas, TheMostSpecificEntryDecides) {
  const auto text = entry("case = \"a/*\"", "\"fail\"") + entry("case = \"a/b\"", "\"warn\"") +
                    entry("case = \"a/b/c\"", "\"crash\"") +
                    entry("case = \"a/b\"", "\"blocked\"", "client = \"stranger\"");
  auto run = run_of(
      {case_of("a/x", Verdict::fail), case_of("a/b/d", Verdict::warn), case_of("a/b/c", Verdict::crash)},
      text);
  run.options["client"] = "trusted";
  EXPECT_EQ(decide(run, {}).exit_code, ExitCode::green);
  run.options["client"] = "stranger";
  EXPECT_EQ(decide(run, {}).cases[1].delta, Delta::changed);
}

TEST(Deltas, AnExpiredEntryIsRedEvenWhereTheVerdictIsNot) {
  const auto run = [](const char* day) {
    return run_of({case_of("a", Verdict::warn)},
                  entry("case = \"a\"", "\"warn\"", std::string("until = ") + day));
  };
  EXPECT_EQ(decide(run("2026-06-15"), {}).exit_code, ExitCode::green);
  const auto decided = decide(run("2026-06-14"), {}).cases[0];
  EXPECT_TRUE(decided.red);
  EXPECT_EQ(decided.reason, "e.toml:1 was accepted until 2026-06-14: known");
}

result::CaseResult breaking(std::string id, std::vector<result::RequirementVerdict> broken) {
  auto result = case_of(std::move(id), Verdict::pass);
  for (const auto& one : broken) result.verdict = std::max(result.verdict, one.verdict);
  result.requirement_verdicts = std::move(broken);
  return result;
}

TEST(Deltas, ARequirementMutesOneRootCauseAndNoOther) {
  const auto text = entry("requirement = \"R1\"", "\"fail\"");
  const auto run = run_of({breaking("a", {{"R1", Verdict::fail}}), breaking("b", {{"R1", Verdict::pass}}),
                           breaking("c", {{"R1", Verdict::fail}, {"R2", Verdict::fail}}),
                           breaking("d", {{"R1", Verdict::fail}, {"R3", Verdict::warn}}),
                           breaking("e", {{"R1", Verdict::warn}}), case_of("f", Verdict::fail)},
                          text);
  const auto decision = decide(run, {});
  EXPECT_EQ(decision.cases[0].delta, Delta::as_expected);
  EXPECT_EQ(decision.cases[1].delta, Delta::none);
  EXPECT_EQ(decision.cases[2].delta, Delta::regression);  // R2 has no entry
  EXPECT_EQ(decision.cases[3].delta, Delta::as_expected);
  EXPECT_EQ(decide(run, {true, {}}).cases[3].delta, Delta::regression);
  EXPECT_EQ(decision.cases[4].delta, Delta::changed);
  EXPECT_EQ(decision.cases[5].delta, Delta::regression);  // no requirement is to blame
}

TEST(Deltas, AnExpiredRequirementIsRedBehindAnotherToo) {
  const auto old = entry("requirement = \"R1\"", "\"fail\"", "until = 2026-06-14");
  const auto valid = entry("requirement = \"R2\"", "\"fail\"");
  for (const auto* first : {"R1", "R2"}) {
    const std::string second = std::string(first) == "R1" ? "R2" : "R1";
    const auto run = run_of({breaking("a", {{first, Verdict::fail}, {second, Verdict::fail}})}, old + valid);
    const auto decided = decide(run, {}).cases[0];
    EXPECT_EQ(decided.delta, Delta::regression) << first;
    EXPECT_EQ(decided.reason, "e.toml:1 was accepted until 2026-06-14: known");
  }
}

TEST(Deltas, WhatBreaksNoRequirementNeedsAnEntryForTheCase) {
  auto result = breaking("a", {{"R1", Verdict::fail}});
  result.findings.resize(2);
  result.findings[0].verdict = Verdict::fail;
  result.findings[0].requirements = {"R1"};
  result.findings[1].verdict = Verdict::warn;
  const auto run = run_of({result}, entry("requirement = \"R1\"", "\"fail\""));
  EXPECT_EQ(decide(run, {}).cases[0].delta, Delta::as_expected);
  EXPECT_EQ(decide(run, {true, {}}).cases[0].delta, Delta::regression);
}

TEST(Deltas, AMendedRequirementIsSaidOnceAndOnlyByAWholeRun) {
  auto run = run_of({case_of("x", Verdict::pass), breaking("a", {{"R1", Verdict::pass}}),
                     breaking("b", {{"R1", Verdict::pass}})},
                    entry("requirement = \"R1\"", "\"fail\""));
  const auto decision = decide(run, {});
  EXPECT_EQ(decision.cases[1].delta, Delta::unexpected_pass);
  EXPECT_EQ(decision.cases[2].delta, Delta::none);
  EXPECT_EQ(decision.exit_code, ExitCode::red);
  run.shard = "1/2";
  EXPECT_EQ(decide(run, {}).exit_code, ExitCode::green);
  run.shard.clear();
  run.options["narrowed"] = "true";
  EXPECT_EQ(decide(run, {}).exit_code, ExitCode::green);
}

TEST(Deltas, PartOfARunNeverMendsAnInvariant) {
  for (const auto verdict : {Verdict::pass, Verdict::unsupported}) {
    auto run = run_of({case_of("a", Verdict::pass), case_of("invariants/x", verdict)},
                      entry("case = \"invariants/x\"", "\"fail\""));
    EXPECT_EQ(decide(run, {}).exit_code, ExitCode::red);
    run.options["narrowed"] = "true";
    EXPECT_EQ(decide(run, {}).exit_code, ExitCode::green);
  }
}

TEST(Deltas, AnEntryForNoCaseIsNotedInARunOfEverything) {
  auto run =
      run_of({case_of("a", Verdict::pass)},
             entry("case = \"b\"", "\"fail\"") + entry("case = \"c\"", "\"fail\"", "client = \"trusted\""));
  run.options["client"] = "stranger";
  EXPECT_THAT(decide(run, {}).notes, IsEmpty()) << "it may be about a disruptive case, or a slow one";
  run.options["profile"] = "disruptive";
  run.options["slow"] = "true";
  EXPECT_THAT(decide(run, {}).notes, ElementsAre("e.toml:1: b stands for no case of this run"));
  EXPECT_EQ(decide(run, {}).exit_code, ExitCode::green);
  run.options["narrowed"] = "true";
  EXPECT_THAT(decide(run, {}).notes, IsEmpty());
}

TEST(Deltas, AStoredFileThatIsSpoiltIsNotTakenForNone) {
  const auto decision = decide(run_of({case_of("a", Verdict::pass)}, "[[expect"), {});
  EXPECT_EQ(decision.exit_code, ExitCode::invalid_file);
}

}  // namespace
}  // namespace smtpspec::gate
