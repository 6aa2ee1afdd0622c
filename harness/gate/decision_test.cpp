// SPDX-License-Identifier: Apache-2.0
#include "gate/decision.hpp"

#include <gtest/gtest.h>

namespace smtpspec::gate {
namespace {

using base::Verdict;
constexpr auto pass = Verdict::pass;
constexpr auto info = Verdict::info;
constexpr auto unsupported = Verdict::unsupported;
constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;
constexpr auto blocked = Verdict::blocked;
constexpr auto crash = Verdict::crash;
constexpr auto error = Verdict::error;

result::Run run_of(const std::vector<Verdict>& verdicts) {
  result::Run run;
  for (const auto verdict : verdicts) {
    result::CaseResult result;
    result.id = "rfc5321/4.1/case";
    result.verdict = verdict;
    run.cases.push_back(result);
  }
  return run;
}

struct ExitCase {
  std::vector<Verdict> verdicts;
  Policy policy;
  ExitCode code;
};

TEST(Gate, ExitCodeFollowsTheVerdicts) {
  const Policy plain, strict{true, {}}, required{false, {"rfc5321"}}, elsewhere{false, {"rfc3030", "*bdat*"}};
  const ExitCase cases[] = {
      {{pass}, plain, ExitCode::green},
      {{pass, info, unsupported, warn}, plain, ExitCode::green},
      {{pass, warn}, strict, ExitCode::red},
      {{pass, info, unsupported}, strict, ExitCode::green},
      {{pass, unsupported}, required, ExitCode::red},
      {{pass, unsupported}, elsewhere, ExitCode::green},
      {{pass, fail}, plain, ExitCode::red},
      {{pass, blocked}, plain, ExitCode::red},
      {{pass, crash}, plain, ExitCode::red},
      {{pass, error}, plain, ExitCode::red},
      {{info}, plain, ExitCode::green},
      {{warn}, plain, ExitCode::green},
      {{fail}, plain, ExitCode::red},
      {{crash, blocked}, plain, ExitCode::red},
      {{}, plain, ExitCode::nothing_judged},
      {{unsupported}, plain, ExitCode::nothing_judged},
      {{unsupported}, required, ExitCode::nothing_judged},
      {{blocked, unsupported, error}, plain, ExitCode::nothing_judged},
  };
  for (const auto& c : cases) {
    const auto decision = decide(run_of(c.verdicts), c.policy);
    EXPECT_EQ(static_cast<int>(decision.exit_code), static_cast<int>(c.code)) << &c - cases;
    EXPECT_EQ(decision.cases.size(), c.verdicts.size());
  }
}

TEST(Gate, TargetReachedInNoCaseIsInfrastructure) {
  auto run = run_of({blocked, fail, blocked});
  for (auto& result : run.cases) result.unreachable = true;
  EXPECT_EQ(decide(run, {}).exit_code, ExitCode::infrastructure);
  run.cases[1].unreachable = false;
  EXPECT_EQ(decide(run, {}).exit_code, ExitCode::red);
}

TEST(Gate, InterruptionGoesBeforeAllElse) {
  auto run = run_of({pass, blocked});
  run.aborted = "interrupted";
  EXPECT_EQ(decide(run, {}).exit_code, ExitCode::interrupted);
  EXPECT_TRUE(decide(run, {}).red());
  run.aborted = "terminated";
  EXPECT_EQ(decide(run, {}).exit_code, ExitCode::terminated);
  run.aborted = "fail-fast";
  EXPECT_EQ(decide(run, {}).exit_code, ExitCode::red);
}

TEST(Gate, PolicyComesFromTheRunsOptions) {
  auto run = run_of({pass});
  EXPECT_EQ(policy_of(run), Policy{});
  run.options = {{"strict", "true"}, {"require", "rfc3030 *bdat*"}};
  EXPECT_EQ(policy_of(run), (Policy{true, {"rfc3030", "*bdat*"}}));
  run.options["strict"] = "false";
  EXPECT_FALSE(policy_of(run).strict);
}

TEST(Gate, RedSaysWhyWhereTheVerdictAloneDoesNot) {
  const auto decision = decide(run_of({warn, unsupported}), {true, {"rfc5321/4.1"}});
  EXPECT_EQ(decision.cases[0].reason, "--strict");
  EXPECT_EQ(decision.cases[1].reason, "required by --require rfc5321/4.1");
}

}  // namespace
}  // namespace smtpspec::gate
