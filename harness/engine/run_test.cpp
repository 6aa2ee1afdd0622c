// SPDX-License-Identifier: Apache-2.0
#include "engine/run.hpp"

#include <gmock/gmock.h>

#include "engine/planned_cases_test.hpp"

namespace smtpspec::engine {
namespace {

using testing::ElementsAre;

/// The scripted server as a host.
class ScriptedHost : public target::Host {
 public:
  ScriptedHost(ScriptedServer& server, const target::Target& target) : server_(server), target_(target) {}
  const target::Target& target() const override { return target_; }
  target::MailStore* mail() override { return &server_.mailbox(); }
  bool alive() override { return server_.alive(); }
  bool can_restart() const override { return false; }
  std::string restart() override { return "it can't be"; }
  std::string log_tail() override { return {}; }

 private:
  ScriptedServer& server_;
  const target::Target& target_;
};

class RunCasesTest : public PlannedCasesTest {
 protected:
  result::Run run_all(StopRequest stop = {}) {
    ScriptedHost host(server, target);
    RunOptions run_options;
    run_options.schedule = options;
    run_options.timeouts = context.timeouts;
    return run_cases(loop, host, scenario::Catalogue(requirements), planned, run_options, std::move(stop),
                     {});
  }
};

TEST_F(RunCasesTest, CasesThenInvariantsAndTheFactsOfTheTarget) {
  plan(says("a") + says("b"));
  const auto run = run_all();
  ASSERT_GT(run.cases.size(), 2u);
  EXPECT_EQ(run.cases[0].id, "t/a");
  EXPECT_EQ(run.cases[1].id, "t/b");
  for (std::size_t i = 2; i < run.cases.size(); ++i)
    EXPECT_THAT(run.cases[i].id, testing::StartsWith("invariants/"));
  EXPECT_EQ(run.target.banner, "220 mx.example.test ESMTP\r\n");
  EXPECT_THAT(run.target.ehlo, ElementsAre("SIZE 1000", "PIPELINING"));
  EXPECT_EQ(run.aborted, "");
}

TEST_F(RunCasesTest, ATargetThatNobodyReachesBlocksEverything) {
  plan(says("a") + says("b"));
  server.die();
  const auto run = run_all();
  ASSERT_EQ(run.cases.size(), 2u);
  for (const auto& each : run.cases) {
    EXPECT_EQ(each.verdict, Verdict::blocked);
    EXPECT_TRUE(each.unreachable);
  }
}

TEST_F(RunCasesTest, AfterAWholeRunTheLoopGoesOn) {
  plan(says("a") + says("b") + says("c"));
  EXPECT_EQ(run_all().aborted, "");
  loop.run(wire::sleep_for(loop, std::chrono::milliseconds(60)));
}

TEST_F(RunCasesTest, AnInterruptionLeavesEveryCasePresent) {
  plan(says("a") + scenario_with("b", "steps = [ { pause = '60m' } ]") + says("c"));
  int asked = 0;
  const auto run = run_all([&] { return std::string(++asked > 3 ? "interrupted" : ""); });
  EXPECT_EQ(run.aborted, "interrupted");
  ASSERT_GE(run.cases.size(), 3u);
  EXPECT_EQ(run.cases[1].verdict, Verdict::blocked);
}

/// Several scripted servers on one loop.
class SideBySideTest : public RunCasesTest {
 protected:
  struct Other {
    explicit Other(wire::EventLoop& loop, target::Target like) : server(loop), target(std::move(like)) {
      target.endpoints[target::EndpointKind::smtp] = server.address();
    }
    ScriptedServer server;
    target::Target target;
  };

  std::vector<result::Run> run_both(StopRequest stop = {}, CaseOfHostDone done = {}) {
    ScriptedHost first(server, target);
    ScriptedHost second(other.server, other.target);
    RunOptions run_options;
    run_options.schedule = options;
    run_options.timeouts = context.timeouts;
    const std::vector<HostAndCases> both = {{&first, planned, run_options}, {&second, planned, run_options}};
    return run_side_by_side(loop, both, scenario::Catalogue(requirements), std::move(stop), std::move(done));
  }

  Other other{loop, target};
};

TEST_F(SideBySideTest, EachHasItsOwnVerdicts) {
  plan(says("a") + says("b"));
  other.server.answer("B", {"550 no\r\n"});
  std::map<std::size_t, int> done;
  const auto runs = run_both({}, [&](std::size_t host, const result::CaseResult&) { ++done[host]; });
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].cases[1].verdict, Verdict::pass);
  EXPECT_EQ(runs[1].cases[1].verdict, Verdict::fail);
  EXPECT_EQ(done[0], 2);
  EXPECT_EQ(done[1], 2);
}

TEST_F(SideBySideTest, TheyArePlayedAtTheSameTime) {
  plan(scenario_with("a", "steps = [ { pause = '300ms' } ]"));
  const auto began = std::chrono::steady_clock::now();
  const auto runs = run_both();
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_LT(took, runs[0].duration + runs[1].duration);
}

TEST_F(SideBySideTest, OneThatIsNotReachedDoesntKeepTheOther) {
  plan(says("a") + says("b"));
  other.server.die();
  const auto runs = run_both();
  EXPECT_EQ(runs[0].cases[0].verdict, Verdict::pass);
  EXPECT_TRUE(runs[1].cases[0].unreachable);
}

TEST_F(SideBySideTest, WhatComesTooLateForAnEndedRunIsDropped) {
  // The first server's run ends by --fail-fast with a case in flight, which the second's run outlives.
  plan(scenario_with("a", "steps = [ { send = 'A', expect = 250 }, { pause = '150ms' } ]") + says("b") +
       says("c") + says("d"));
  server.answer("B", {"550 no\r\n"});
  options.fail_fast = true;
  options.jobs = 2;
  int done = 0;
  const auto runs =
      run_both({}, [&](std::size_t host, const result::CaseResult&) { done += host == 0 ? 1 : 0; });
  EXPECT_EQ(runs[0].aborted, "fail-fast");
  EXPECT_EQ(runs[0].cases[0].verdict, Verdict::blocked);
  EXPECT_EQ(runs[1].aborted, "");
  EXPECT_EQ(runs[1].cases[0].verdict, Verdict::pass);
  EXPECT_EQ(runs[0].cases[3].verdict, Verdict::blocked);
  EXPECT_EQ(done, 4);
}

TEST_F(SideBySideTest, AnInterruptionEndsAll) {
  plan(scenario_with("a", "steps = [ { pause = '60m' } ]"));
  int asked = 0;
  const auto runs = run_both([&] { return std::string(++asked > 6 ? "interrupted" : ""); });
  for (const auto& run : runs) EXPECT_EQ(run.aborted, "interrupted");
}

}  // namespace
}  // namespace smtpspec::engine
