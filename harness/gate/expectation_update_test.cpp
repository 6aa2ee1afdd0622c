// SPDX-License-Identifier: Apache-2.0
#include "gate/expectation_update.hpp"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/decision.hpp"
#include "gate/expectation_check.hpp"
#include "gate/expectation_groups.hpp"

namespace smtpspec::gate {
namespace {

using base::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

result::CaseResult case_of(std::string id, Verdict verdict, std::vector<std::string> requirements = {}) {
  result::CaseResult result;
  result.id = std::move(id);
  result.verdict = verdict;
  for (const auto& one : requirements) result.requirement_verdicts.push_back({one, verdict});
  result::Finding finding;
  finding.requirements = std::move(requirements);
  finding.verdict = verdict;
  finding.message = "was \"taken\"";
  result.findings = {finding};
  return result;
}

result::Run run_of(std::vector<result::CaseResult> cases, std::string client = "stranger") {
  result::Run run;
  run.started = "2026-06-15T12:00:00Z";
  run.options = {{"client", std::move(client)}};
  run.cases = std::move(cases);
  return run;
}

std::string updated(const std::string& text, const std::vector<result::Run>& runs, bool pin = false) {
  auto made = ExpectationText::parse(text, "e.toml");
  EXPECT_TRUE(made) << base::format(made.problems()) << text;
  update(*made, runs, {pin, {}});
  return made->changed_text();
}

std::string pruned(const std::string& text, const std::vector<result::Run>& runs,
                   const std::set<std::string>& known = {}) {
  auto made = ExpectationText::parse(text, "e.toml");
  EXPECT_TRUE(made) << base::format(made.problems()) << text;
  prune(*made, runs, known);
  return made->changed_text();
}

ExitCode held_against(result::Run run, const std::string& text) {
  run.expectations = {"e.toml", text};
  return decide(run, policy_of(run)).exit_code;
}

ExpectationFile file_of(const std::string& text) {
  auto file = parse_expectations(text, "e.toml");
  EXPECT_TRUE(file) << base::format(file.problems()) << text;
  return *file;
}

const std::vector<result::CaseResult> some_cases = {
    case_of("r/1-a/s/x", Verdict::fail, {"R1"}), case_of("r/1-a/s/y", Verdict::fail, {"R1"}),
    case_of("r/1-a/t/x", Verdict::fail, {"R1"}), case_of("r/1-a/t/y", Verdict::pass, {"R1"}),
    case_of("r/2-b/u", Verdict::crash),          case_of("r/2-b/v", Verdict::pass),
};

TEST(Update, AccountsForAllThatIsRedAndMutesNothingElse) {
  const auto run = run_of(some_cases);
  const auto text = updated("", {run});
  const auto file = file_of(text);
  ASSERT_EQ(file.entries.size(), 2u) << text;
  EXPECT_THAT(file.entries[0].cases, ElementsAre("r/1-a/s", "r/1-a/t/x"));
  EXPECT_EQ(file.entries[0].reason, "TODO: was \"taken\" (R1)");
  EXPECT_THAT(file.entries[1].cases, ElementsAre("r/2-b/u"));
  EXPECT_EQ(held_against(run, text), ExitCode::green);
}

TEST(Update, IsIdempotent) {
  const auto run = run_of(some_cases);
  const auto once = updated("# mine\n", {run});
  EXPECT_EQ(updated(once, {run}), once);
  EXPECT_EQ(pruned(once, {run}), once);
  EXPECT_THAT(once, HasSubstr("# mine\n\n[[expect]]"));
}

TEST(Update, KeepsWhatAPersonWrote) {
  const std::string mine =
      "# why\n[[expect]]\ncase = \"r/1-a/*\"  # glob\nverdict = \"fail\"\nreason = \"we know\"\n\n# end\n";
  const auto text = updated(mine, {run_of(some_cases)});
  EXPECT_TRUE(text.starts_with(mine)) << text;
  EXPECT_EQ(file_of(text).entries.size(), 2u);  // r/1-a/t/y passes, which is for prune to mend
}

TEST(Update, NamesARequirementThatIsBrokenEverywhere) {
  const auto run =
      run_of({case_of("r/1-a/s", Verdict::fail, {"R1"}), case_of("r/2-b/t", Verdict::fail, {"R1"}),
              case_of("r/2-b/u", Verdict::fail, {"R1", "R2"}), case_of("r/2-b/v", Verdict::pass)});
  const auto text = updated("", {run});
  const auto file = file_of(text);
  ASSERT_EQ(file.entries.size(), 2u) << text;
  EXPECT_EQ(file.entries[0].requirement, "R1");
  EXPECT_THAT(file.entries[1].cases, ElementsAre("r/2-b/u"));
  EXPECT_EQ(held_against(run, text), ExitCode::green);
}

TEST(Update, AnEntryForOneCaseFollowsItsVerdict) {
  const std::string mine = "[[expect]]\ncase = \"r/2-b/u\"\nverdict = \"fail\" # !\nreason = \"we know\"\n";
  EXPECT_EQ(updated(mine, {run_of({case_of("r/2-b/u", Verdict::crash)})}),
            "[[expect]]\ncase = \"r/2-b/u\"\nverdict = \"crash\" # !\nreason = \"we know\"\n");
}

TEST(Update, AListGivesUpTheCaseThatChanged) {
  const std::string mine =
      "[[expect]]\ncase = [\"r/2-b/u\", \"r/2-b/v\"]\nverdict = \"fail\"\nreason = \"we know\"\n";
  const auto run = run_of({case_of("r/2-b/u", Verdict::crash), case_of("r/2-b/v", Verdict::fail)});
  const auto file = file_of(updated(mine, {run}));
  ASSERT_EQ(file.entries.size(), 2u);
  EXPECT_THAT(file.entries[0].cases, ElementsAre("r/2-b/v"));
  EXPECT_THAT(file.entries[1].cases, ElementsAre("r/2-b/u"));
}

TEST(Update, ACaseThatIsNotSteadyMayPass) {
  const auto red = run_of({case_of("r/2-b/u", Verdict::fail)}),
             green = run_of({case_of("r/2-b/u", Verdict::pass)});
  const auto text = updated("", {green, red});
  EXPECT_THAT(file_of(text).entries.at(0).verdicts, ElementsAre(Verdict::pass, Verdict::fail));
  const std::string known = "[[expect]]\ncase = \"r/2-b/u\"\nverdict = \"fail\"\nreason = \"we know\"\n";
  EXPECT_THAT(file_of(updated(known, {green, red})).entries.at(0).verdicts,
              ElementsAre(Verdict::pass, Verdict::fail));
}

TEST(Update, WhatOneClientSeesAloneIsItsOwn) {
  const auto stranger = run_of({case_of("r/2-b/u", Verdict::fail), case_of("r/2-b/v", Verdict::fail)});
  const auto trusted =
      run_of({case_of("r/2-b/u", Verdict::fail), case_of("r/2-b/v", Verdict::pass)}, "trusted");
  const auto text = updated("", {stranger, trusted});
  EXPECT_EQ(held_against(stranger, text), ExitCode::green) << text;
  EXPECT_EQ(held_against(trusted, text), ExitCode::green) << text;
  const std::string all = "[[expect]]\ncase = \"r/2-b/v\"\nverdict = \"fail\"\nreason = \"we know\"\n";
  EXPECT_EQ(file_of(updated(all, {stranger, trusted})).entries.at(0).client, "stranger");
}

TEST(Update, OutcomesArePinnedOnRequest) {
  auto one = case_of("r/2-b/u", Verdict::fail);
  one.outcome = "took it";
  EXPECT_THAT(file_of(updated("", {run_of({one})}, true)).entries.at(0).outcomes, ElementsAre("took it"));
  EXPECT_THAT(file_of(updated("", {run_of({one})})).entries.at(0).outcomes, IsEmpty());
}

TEST(Update, LeavesWhatExpiredAndWhatIsAnError) {
  const std::string mine =
      "[[expect]]\ncase = \"r/2-b/u\"\nverdict = \"fail\"\nreason = \"we know\"\nuntil = 2026-01-01\n";
  auto made = ExpectationText::parse(mine, "e.toml");
  const auto report = update(
      *made, {run_of({case_of("r/2-b/u", Verdict::fail), case_of("r/2-b/v", Verdict::error)})}, {false, {}});
  EXPECT_FALSE(made->is_changed());
  EXPECT_THAT(report.left, ElementsAre(HasSubstr("until 2026-01-01"), HasSubstr("r/2-b/v is an error")));
}

TEST(Update, LeavesARequirementThatExpired) {
  const std::string mine =
      "[[expect]]\nrequirement = \"R1\"\nverdict = \"warn\"\nreason = \"we know\"\nuntil = 2026-01-01\n\n"
      "[[expect]]\nrequirement = \"R2\"\nverdict = \"fail\"\nreason = \"we know\"\n";
  auto result = case_of("r/2-b/u", Verdict::fail);
  result.requirement_verdicts = {{"R1", Verdict::warn}, {"R2", Verdict::fail}};
  result.findings[0].requirements = {"R1", "R2"};
  EXPECT_EQ(updated(mine, {run_of({result})}), mine);
}

TEST(Prune, TakesOutWhatIsMended) {
  const std::string mine =
      "# all\n[[expect]]\ncase = [\"r/1-a/t\", \"r/2-b/v\"]\nverdict = \"fail\"\nreason = \"we know\"\n\n"
      "# mended\n[[expect]]\ncase = \"r/2-b/w\"\nverdict = \"fail\"\nreason = \"we know\"\n";
  auto cases = some_cases;
  cases.push_back(case_of("r/2-b/w", Verdict::pass));
  EXPECT_EQ(pruned(mine, {run_of(cases)}),
            "# all\n[[expect]]\ncase = \"r/1-a/t/x\"\nverdict = \"fail\"\nreason = \"we know\"\n");
}

TEST(Prune, KeepsWhatWasNotPlayedAndDropsWhatIsGone) {
  const std::string mine =
      "[[expect]]\ncase = [\"r/9-z/slow\", \"r/9-z/gone\"]\nverdict = \"fail\"\nreason = \"we know\"\n";
  EXPECT_THAT(file_of(pruned(mine, {run_of(some_cases)}, {"r/9-z/slow"})).entries.at(0).cases,
              ElementsAre("r/9-z/slow"));
  EXPECT_EQ(pruned(mine, {run_of(some_cases)}), mine);
}

TEST(Prune, ARequirementGoesWhenAWholeRunKeepsIt) {
  const std::string mine = "[[expect]]\nrequirement = \"R9\"\nverdict = \"fail\"\nreason = \"we know\"\n";
  auto run = run_of({case_of("r/2-b/u", Verdict::pass, {"R9"})});
  EXPECT_EQ(pruned(mine, {run}), "");
  run.options["narrowed"] = "true";
  EXPECT_EQ(pruned(mine, {run}), mine);
}

TEST(Prune, ARequirementThatNoCaseShowsKeptStays) {
  const std::string mine = "[[expect]]\nrequirement = \"R9\"\nverdict = \"fail\"\nreason = \"we know\"\n";
  EXPECT_EQ(pruned(mine, {run_of({case_of("r/2-b/v", Verdict::pass)})}), mine);
  EXPECT_EQ(pruned(mine, {run_of({case_of("r/2-b/u", Verdict::unsupported, {"R9"})})}), mine);
}

TEST(Prune, AfterUpdateAllIsGreen) {
  const std::string old =
      "[[expect]]\ncase = \"r/1-a/t\"\nverdict = \"fail\"\nreason = \"we know\"\n\n"
      "[[expect]]\ncase = \"r/2-b\"\nverdict = \"warn\"\nreason = \"we know\"\n";
  const auto run = run_of(some_cases);
  const auto text = pruned(updated(old, {run}), {run});
  EXPECT_EQ(held_against(run, text), ExitCode::green) << text;
}

TEST(Patterns, AScenarioStandsForItsRowsOnlyWhereAllAreThere) {
  const std::set<std::string> known = {"r/1-a/s/x", "r/1-a/s/y", "r/1-a/t/x",
                                       "r/1-a/t/y", "r/2-b/u",   "r/2-b/v"};
  EXPECT_THAT(patterns_for({"r/1-a/s/x", "r/1-a/s/y", "r/1-a/t/x"}, known),
              ElementsAre("r/1-a/s", "r/1-a/t/x"));
  EXPECT_THAT(patterns_for({"r/2-b/u", "r/2-b/v"}, known), ElementsAre("r/2-b/u", "r/2-b/v"));
}

TEST(Check, NamesEverythingThatCantBeTrusted) {
  const auto text = ExpectationText::parse(
      "[[expect]]\ncase = \"r/1-a/sx\"\nverdict = \"fail\"\nreason = \"TODO\"\nuntil = 2026-01-01\n"
      "[[expect]]\nrequirement = \"R2\"\nverdict = \"fail\"\nreason = \"r\"\n"
      "[[expect]]\ncase = \"r/2-b/v\"\nverdict = \"fail\"\nreason = \"r\"\n",
      "e.toml");
  CheckAgainst against;
  against.case_ids = {"r/1-a/s/x", "r/2-b/u", "r/2-b/v"};
  against.requirements = {"R1"};
  against.today = "2026-06-15";
  const auto alone = base::format(check(*text, against));
  EXPECT_THAT(alone, HasSubstr("e.toml:2:8: no case is called 'r/1-a/sx'"));
  EXPECT_THAT(alone, HasSubstr("did you mean 'r/1-a/s'?"));
  EXPECT_THAT(alone, HasSubstr("e.toml:4:10: the reason is still to be written"));
  EXPECT_THAT(alone, HasSubstr("e.toml:5:9: this was accepted until 2026-01-01"));
  EXPECT_THAT(alone, HasSubstr("no requirement is called 'R2'"));
  auto cases = some_cases;
  cases[4].findings.clear();
  cases[4].reason = "the server ended with signal 11";
  against.runs = {run_of(cases)};
  const auto with_run = base::format(check(*text, against));
  EXPECT_THAT(with_run, HasSubstr("e.toml:12:11: no run shows this any more"));
  EXPECT_THAT(with_run, HasSubstr("r/2-b/v is pass (unexpected-pass)"));
  EXPECT_THAT(with_run, HasSubstr("r/1-a/s/x is fail (regression): not in e.toml: was \"taken\""));
  EXPECT_THAT(with_run, HasSubstr("e.toml: r/2-b/u is crash (regression): not in e.toml: "
                                  "the server ended with signal 11"));
}

TEST(Check, RunsThatJudgedNothingSayNothing) {
  const auto text = ExpectationText::parse("# nothing is accepted\n", "e.toml");
  CheckAgainst against;
  against.runs = {run_of({case_of("r/2-b/u", Verdict::unsupported)})};
  EXPECT_THAT(base::format(check(*text, against)), HasSubstr("e.toml: no case was judged in these runs"));
  against.runs[0].shard = "1/2";
  EXPECT_THAT(check(*text, against), IsEmpty()) << "the other one may";
  against.runs[0].shard.clear();
  against.runs.push_back(run_of({case_of("r/2-b/u", Verdict::pass)}));
  EXPECT_THAT(check(*text, against), IsEmpty());
}

}  // namespace
}  // namespace smtpspec::gate
