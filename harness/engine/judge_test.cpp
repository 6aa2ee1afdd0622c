// SPDX-License-Identifier: Apache-2.0
#include "engine/judge.hpp"

#include <gtest/gtest.h>

namespace smtpspec::engine {
namespace {

Requirements the_requirements() {
  Requirements all;
  const auto add = [&](const char* id, Verdict worst) {
    all[id].id = id;
    all[id].worst = worst;
  };
  add("MUST-1", Verdict::fail);
  add("MUST-2", Verdict::fail);
  add("SHOULD-1", Verdict::warn);
  add("CLIENT-1", Verdict::info);
  return all;
}

struct CapCase {
  const char* name;
  std::vector<std::string> covers;  // of the case
  std::vector<std::string> named;   // by the finding
  Verdict claimed;
  Verdict recorded;
};

const CapCase cap_cases[] = {
    {"a MUST may fail", {"MUST-1"}, {}, Verdict::fail, Verdict::fail},
    {"a SHOULD only warns", {"SHOULD-1"}, {}, Verdict::fail, Verdict::warn},
    {"what binds no server is recorded", {"CLIENT-1"}, {}, Verdict::fail, Verdict::info},
    {"the strictest decides", {"SHOULD-1", "MUST-1"}, {}, Verdict::fail, Verdict::fail},
    {"a finding's own requirements stand for the case's",
     {"MUST-1"},
     {"SHOULD-1"},
     Verdict::fail,
     Verdict::warn},
    {"a cap never worsens", {"MUST-1"}, {}, Verdict::warn, Verdict::warn},
    {"pass stays pass", {"MUST-1"}, {}, Verdict::pass, Verdict::pass},
    {"info stays info", {"MUST-1"}, {}, Verdict::info, Verdict::info},
    {"blocked is no matter of requirements", {"SHOULD-1"}, {}, Verdict::blocked, Verdict::blocked},
    {"error neither", {"CLIENT-1"}, {}, Verdict::error, Verdict::error},
    {"what is ours is recorded", {"MUST-2"}, {}, Verdict::fail, Verdict::info},
    {"ours beside another", {"MUST-2", "MUST-1"}, {}, Verdict::fail, Verdict::fail},
    {"an unknown requirement is not weakened", {"UNKNOWN"}, {}, Verdict::fail, Verdict::fail},
    {"no requirement at all", {}, {}, Verdict::fail, Verdict::fail},
};

TEST(Judge, ARequirementIsJudgedNoStricterThanItsWords) {
  const auto requirements = the_requirements();
  const std::vector<std::string> ours{"MUST-2"};
  for (const auto& one : cap_cases) {
    SCOPED_TRACE(one.name);
    scenario::Case played;
    played.covers = one.covers;
    Judge judge(requirements, ours, played);
    result::Finding finding;
    finding.verdict = one.claimed;
    finding.requirements = one.named;
    EXPECT_EQ(judge.record(finding), one.recorded);
    EXPECT_EQ(judge.verdict(), one.recorded);
  }
}

TEST(Judge, ARuleOfOnesOwnIsCappedByItsLevel) {
  const Requirements none;
  const std::vector<std::string> ours;
  const std::pair<const char*, Verdict> levels[] = {{"MUST", Verdict::fail},
                                                    {"MUST NOT", Verdict::fail},
                                                    {"SHOULD", Verdict::warn},
                                                    {"SHOULD NOT", Verdict::warn},
                                                    {"MAY", Verdict::info}};
  for (const auto& [level, worst] : levels) {
    scenario::Case played;
    played.rule = scenario::Rule{"text", level, ""};
    Judge judge(none, ours, played);
    result::Finding finding;
    finding.verdict = Verdict::fail;
    EXPECT_EQ(judge.record(finding), worst) << level;
  }
}

TEST(Judge, EachRequirementHasAVerdictOfItsOwn) {
  const auto requirements = the_requirements();
  const std::vector<std::string> ours;
  scenario::Case played;
  played.covers = {"MUST-1", "SHOULD-1"};
  Judge judge(requirements, ours, played);
  result::Finding finding;
  finding.verdict = Verdict::fail;
  finding.requirements = {"SHOULD-1"};
  finding.outcome = "slow";
  judge.record(finding);
  judge.set_outcome("");
  EXPECT_EQ(judge.verdict(), Verdict::warn);
  EXPECT_EQ(judge.outcome(), "slow");
  const std::vector<result::RequirementVerdict> expected{{"MUST-1", Verdict::pass},
                                                         {"SHOULD-1", Verdict::warn}};
  EXPECT_EQ(judge.requirement_verdicts(), expected);
  EXPECT_EQ(judge.take_findings().size(), 1u);
}

TEST(Judge, TheWorstStands) {
  const auto requirements = the_requirements();
  const std::vector<std::string> ours;
  scenario::Case played;
  played.covers = {"MUST-1"};
  Judge judge(requirements, ours, played);
  for (const auto verdict : {Verdict::warn, Verdict::fail, Verdict::pass}) {
    result::Finding finding;
    finding.verdict = verdict;
    judge.record(finding);
  }
  EXPECT_EQ(judge.verdict(), Verdict::fail);
  EXPECT_EQ(judge.requirement_verdicts().front().verdict, Verdict::fail);
}

}  // namespace
}  // namespace smtpspec::engine
