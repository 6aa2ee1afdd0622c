// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule.hpp"

#include <gmock/gmock.h>

#include "engine/planned_cases_test.hpp"

namespace smtpspec::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Then = Answer::Then;

wire::Task<std::string> at_once(std::string answer) {
  co_return answer;
}

class SchedulerTest : public PlannedCasesTest {
 protected:
  SchedulerTest() {
    control.is_alive = [this] { return server.alive(); };
    control.restart = [this] {
      server.start_again();
      ++restarts;
      return at_once("");
    };
    control.log_tail = [] { return std::string("the log\n"); };
  }

  std::vector<result::CaseResult> run(StopRequest stop = {}, CaseDone done = {}) {
    Scheduler scheduler(context, control, options, planned);
    loop.run(scheduler.run(std::move(stop), std::move(done)));
    aborted = scheduler.aborted();
    jobs = scheduler.jobs();
    return scheduler.take_results();
  }

  /// "a:pass b:fail ..." without the file's id.
  static std::string in_short(const std::vector<result::CaseResult>& results) {
    std::string text;
    for (const auto& each : results) {
      text += (text.empty() ? "" : " ") + each.id.substr(each.id.find('/') + 1) + ":";
      text += base::to_string(each.verdict);
    }
    return text;
  }

  TargetControl control;
  std::string aborted;
  std::size_t jobs = 0;
  int restarts = 0;
};

TEST_F(SchedulerTest, ResultsStandInTheOrderOfTheCases) {
  plan(says("a") + says("b") + says("c") + says("d") + says("e"));
  server.answer("C", {"550 no\r\n"});
  for (const std::uint64_t seed : {1, 2, 3}) {
    options.shuffle = true;
    options.seed = seed;
    EXPECT_EQ(in_short(run()), "a:pass b:pass c:fail d:pass e:pass");
  }
}

TEST_F(SchedulerTest, ASeedAlwaysGivesTheSameOrder) {
  plan(says("a") + says("b") + says("c") + says("d") + says("e") + says("f"));
  options.shuffle = true;
  options.jobs = 1;
  std::vector<std::vector<std::string>> orders;
  for (const std::uint64_t seed : {1, 1, 2, 3}) {
    options.seed = seed;
    std::vector<std::string> order;
    run({}, [&](const result::CaseResult& result) { order.push_back(result.id); });
    orders.push_back(order);
  }
  EXPECT_EQ(orders[0], orders[1]);
  EXPECT_TRUE(orders[0] != orders[2] || orders[0] != orders[3]);
}

TEST_F(SchedulerTest, SeveralAtOnceAndExclusiveOnesAlone) {
  plan(says("a") + says("b") + says("x", "exclusive = true") + says("c") + says("y", "exclusive = true"));
  std::vector<std::string> order;
  options.jobs = 3;
  run({}, [&](const result::CaseResult& result) { order.push_back(result.id); });
  ASSERT_EQ(order.size(), 5u);
  EXPECT_EQ(order[3], "t/x");
  EXPECT_EQ(order[4], "t/y");
  EXPECT_GT(server.most_at_once, 1u);
  EXPECT_LE(server.most_at_once, 3u);
}

TEST_F(SchedulerTest, A4yzInThePreludeIsTriedAgain) {
  plan(scenario_with("a", "from = 'mail'\nsteps = [ { send = 'NOOP', expect = 250 } ]"));
  server.answer("MAIL", {"451 later\r\n", "451 later\r\n", "250 ok\r\n"});
  const auto results = run();
  EXPECT_EQ(in_short(results), "a:pass");
  EXPECT_EQ(results[0].attempts, 3u);
}

TEST_F(SchedulerTest, AfterThreeTriesItIsBlocked) {
  plan(scenario_with("a", "from = 'mail'\nsteps = [ { send = 'NOOP', expect = 250 } ]"));
  server.answer("MAIL", {"451 later\r\n"});
  const auto results = run();
  EXPECT_EQ(in_short(results), "a:blocked");
  EXPECT_EQ(results[0].attempts, 3u);
}

TEST_F(SchedulerTest, MailThatDidNotComeToRestIsTriedAgain) {
  be_impatient();
  plan(scenario_with("a",
                     "from = 'data'\nsteps = [ { send = '.', expect = 250 } ]\ndelivered = { count = 1 }"));
  int lost = 0;
  server.keeps = [&lost](const std::string&) { return ++lost > 2; };  // the first message and its fence
  const auto results = run();
  EXPECT_EQ(in_short(results), "a:pass") << results[0].reason;
  EXPECT_EQ(results[0].attempts, 2u);
}

constexpr auto silence_then_noop =
    "steps = [ { send = 'ODD', one_of = [ { reply = '5xx', outcome = 'refused' },"
    "{ silence = true, within = '50ms', outcome = 'ignored', verdict = 'info' } ] },"
    "{ send = 'NOOP', expect = 250 } ]";

TEST_F(SchedulerTest, AReplyThatComesLateIsHeldAgainstNobody) {
  plan(scenario_with("a", silence_then_noop));
  server.answer("ODD", {"", "500 what\r\n"});
  server.answer("NOOP", {"500 what\r\n250 ok\r\n", "250 ok\r\n"});
  const auto results = run();
  EXPECT_EQ(in_short(results), "a:pass");
  EXPECT_EQ(results[0].attempts, 2u);
}

TEST_F(SchedulerTest, ALateReplyIsSeenAtTheEndToo) {
  plan(scenario_with("a",
                     "steps = [ { send = 'ODD', one_of = [ { reply = '5xx', outcome = 'refused' },"
                     "{ silence = true, within = '50ms', outcome = 'ignored', verdict = 'info' } ] } ]"));
  server.answer("ODD", {"", "500 what\r\n"});
  server.answer("QUIT",
                {{"500 what\r\n221 bye\r\n", Answer::Then::close}, {"221 bye\r\n", Answer::Then::close}});
  EXPECT_EQ(in_short(run()), "a:pass");
}

TEST_F(SchedulerTest, WhoeverAnswersTwiceEachTimeIsJudged) {
  plan(scenario_with("a", silence_then_noop));
  server.answer("ODD", {""});
  server.answer("NOOP", {"500 what\r\n250 ok\r\n"});
  const auto results = run();
  EXPECT_EQ(in_short(results), "a:fail");
  EXPECT_EQ(results[0].attempts, 3u);
}

TEST_F(SchedulerTest, A5yzInThePreludeIsNotTriedAgain) {
  plan(scenario_with("a", "from = 'mail'\nsteps = [ { send = 'NOOP', expect = 250 } ]"));
  server.answer("MAIL", {"550 no\r\n"});
  EXPECT_EQ(run()[0].attempts, 1u);
}

TEST_F(SchedulerTest, TheFirstRedCaseEndsAFastRun) {
  plan(says("a") + says("b") + says("c") + says("d"));
  server.answer("B", {"550 no\r\n"});
  options.jobs = 1;
  options.fail_fast = true;
  const auto results = run();
  EXPECT_EQ(in_short(results), "a:pass b:fail c:blocked d:blocked");
  EXPECT_EQ(aborted, "fail-fast");
  EXPECT_EQ(results[3].reason, "not run: fail-fast");
}

TEST_F(SchedulerTest, AWarningIsRedInAStrictRun) {
  plan(says("a") + says("b"));
  server.answer("A", {"251 hm\r\n"});
  options.jobs = 1;
  options.fail_fast = true;
  EXPECT_EQ(in_short(run()), "a:warn b:pass");
  options.strict = true;
  EXPECT_EQ(in_short(run()), "a:warn b:blocked");
}

TEST_F(SchedulerTest, WhoeverAsksSaysWhatIsRed) {
  plan(says("a") + says("b") + says("c") + says("d"));
  server.answer("A", {"550 no\r\n"});
  server.answer("C", {"550 no\r\n"});
  options.jobs = 1;
  options.fail_fast = true;
  options.is_red = [](const result::CaseResult& played) { return played.id == "t/b"; };
  EXPECT_EQ(in_short(run()), "a:fail b:pass c:blocked d:blocked");
}

TEST_F(SchedulerTest, TimeRunsOut) {
  plan(says("a") + scenario_with("b", "steps = [ { pause = '60m' } ]") + says("c"));
  options.jobs = 1;
  options.max_time = std::chrono::milliseconds(300);
  EXPECT_EQ(in_short(run()), "a:pass b:blocked c:blocked");
  EXPECT_EQ(aborted, "max-time");
}

TEST_F(SchedulerTest, AnInterruptionLeavesEveryCasePresent) {
  plan(says("a") + scenario_with("b", "steps = [ { pause = '60m' } ]") + says("c") + says("d"));
  options.jobs = 1;
  bool asked = false;
  const auto results = run([&] { return asked ? std::string("interrupted") : std::string(); },
                           [&](const result::CaseResult&) { asked = true; });
  EXPECT_EQ(in_short(results), "a:pass b:blocked c:blocked d:blocked");
  EXPECT_EQ(aborted, "interrupted");
  EXPECT_EQ(results[2].reason, "not run: interrupted");
}

// The death of the target.

TEST_F(SchedulerTest, TheCaseThatKillsTheTargetIsFoundAndTheOthersGetTheirVerdict) {
  plan(says("a") + says("b") + says("killer") + says("c") + says("d") + says("e"));
  server.answer("KILLER", {{"", Then::die}});
  server.answer("C", {"550 no\r\n"});
  options.jobs = 4;
  const auto results = run();
  EXPECT_EQ(in_short(results), "a:pass b:pass killer:crash c:fail d:pass e:pass");
  EXPECT_EQ(results[2].server_log, "the log\n");
  EXPECT_GE(restarts, 1);
  EXPECT_EQ(aborted, "");
}

TEST_F(SchedulerTest, TwoCasesThatKillAreBothFound) {
  plan(says("a") + says("killer") + says("b") + says("killer2") + says("c"));
  server.answer("KILLER", {{"", Then::die}});
  server.answer("KILLER2", {{"", Then::die}});
  EXPECT_EQ(in_short(run()), "a:pass killer:crash b:pass killer2:crash c:pass");
}

TEST_F(SchedulerTest, ATargetThatDiesInTheHandshakeIsNoPassOfACaseThatMayEndThere) {
  const auto takes_the_end = [](const char* id) {
    return scenario_with(id,
                         "steps = [ { send_raw = 'STARTTLS\\r\\n', expect = 220 },"
                         "{ handshake = true, one_of = [ { tls = false, outcome = 'refused' } ] },"
                         "{ close = 'fin' } ]");
  };
  plan(says("a") + takes_the_end("killer") + says("b"));
  server.answer("STARTTLS", {{"220 go\r\n", Then::die}});
  options.jobs = 1;
  EXPECT_EQ(in_short(run()), "a:pass killer:crash b:pass");
}

TEST_F(SchedulerTest, ATargetThatDiesOfTheLastWordHasDiedAllTheSame) {
  plan(says("a") + scenario_with("killer", "steps = [ { send_raw = 'KILLER\\r\\n' }, { close = 'fin' } ]") +
       says("b"));
  server.answer("KILLER", {{"", Then::die}});
  options.jobs = 1;
  const auto results = run();
  EXPECT_EQ(results[2].verdict, Verdict::pass);
  EXPECT_EQ(results[2].attempts, 1u);
}

TEST_F(SchedulerTest, AnExclusiveCaseThatKills) {
  plan(says("a") + says("killer", "exclusive = true") + says("b", "exclusive = true"));
  server.answer("KILLER", {{"", Then::die}});
  EXPECT_EQ(in_short(run()), "a:pass killer:crash b:pass");
}

TEST_F(SchedulerTest, WhereItCannotBeRestartedAllInFlightAreSuspects) {
  plan(says("killer") + says("b") + says("c") + says("d"));
  server.answer("KILLER", {{"", Then::die}});
  control.restart = nullptr;
  options.jobs = 1;
  const auto results = run();
  EXPECT_EQ(in_short(results), "killer:crash b:blocked c:blocked d:blocked");
  EXPECT_THAT(results[0].reason, HasSubstr("one of 1"));
  EXPECT_EQ(results[1].reason, "not run: the target is dead");
}

TEST_F(SchedulerTest, SuspectsAreCounted) {
  plan(scenario_with("held", "steps = [ { pause = '500ms' }, { send = 'NOOP', expect = 250 } ]") +
       says("killer") + says("c"));
  server.answer("KILLER", {{"", Then::die}});
  control.restart = nullptr;
  options.jobs = 2;
  const auto results = run();
  EXPECT_EQ(in_short(results), "held:crash killer:crash c:blocked");
  EXPECT_THAT(results[0].reason, HasSubstr("one of 2"));
}

TEST_F(SchedulerTest, ARestartThatFailsEndsTheRun) {
  plan(says("killer") + says("b"));
  server.answer("KILLER", {{"", Then::die}});
  control.restart = [] { return at_once("the port is taken"); };
  options.jobs = 1;
  const auto results = run();
  EXPECT_EQ(in_short(results), "killer:crash b:blocked");
  EXPECT_THAT(results[0].reason, HasSubstr("the port is taken"));
}

TEST_F(SchedulerTest, AServerThatServesFewerAtOnceIsNotDead) {
  plan(scenario_with("held", "steps = [ { pause = '2s' }, { send = 'NOOP', expect = 250 } ]") + says("a") +
       says("b") + says("c") + says("d"));
  be_impatient();
  server.one_at_a_time = true;
  control.restart = nullptr;
  options.jobs = 4;
  EXPECT_EQ(in_short(run()), "held:pass a:pass b:pass c:pass d:pass");
  EXPECT_EQ(jobs, 1u);
}

TEST_F(SchedulerTest, AServerThatOnlyClosesIsNotDead) {
  plan(says("a") + says("b"));
  server.answer("A", {{"", Then::close}});
  EXPECT_EQ(in_short(run()), "a:fail b:pass");
  EXPECT_EQ(restarts, 0);
}

// Repetition.

TEST_F(SchedulerTest, ARepeatedCaseShowsItsWorstAndThatItIsFlaky) {
  plan(says("a") + says("b"));
  server.answer("B", {"250 ok\r\n", "550 no\r\n", "250 ok\r\n"});
  options.repeat = 5;
  options.jobs = 1;
  const auto results = run();
  EXPECT_EQ(in_short(results), "a:pass b:fail");
  EXPECT_EQ(results[0].reason, "");
  EXPECT_EQ(results[1].reason, "the verdict was not the same in all 5 repetitions: 4 pass, 1 fail");
  EXPECT_EQ(std::count(server.commands.begin(), server.commands.end(), "b"), 5);
}

TEST_F(SchedulerTest, UntilFailStopsAtTheFirstRed) {
  plan(says("a"));
  server.answer("A", {"250 ok\r\n", "250 ok\r\n", "550 no\r\n", "250 ok\r\n"});
  options.repeat = 10;
  options.until_fail = true;
  const auto results = run();
  EXPECT_EQ(in_short(results), "a:fail");
  EXPECT_EQ(results[0].reason, "the verdict was not the same in all 3 repetitions: 2 pass, 1 fail");
  EXPECT_EQ(std::count(server.commands.begin(), server.commands.end(), "a"), 3);
}

// What a case needs.

TEST_F(SchedulerTest, WhatIsNotOfferedIsUnsupportedWithProof) {
  plan(says("a", "needs = ['CHUNKING']") + says("b", "needs = ['PIPELINING']") +
       says("c", "needs = ['!PIPELINING']") + says("d", "needs = ['CHUNKING']\nforce = true") +
       says("e", "on = 'submission'") + says("f", "needs = ['credentials']"));
  ProbedEndpoint probe;
  probe.ehlo = "250-mx\r\n250 PIPELINING\r\n";
  probe.capabilities.keywords.push_back({"PIPELINING", "PIPELINING", {}});
  context.probes[{"smtp", "stranger"}] = probe;
  const auto results = run();
  EXPECT_EQ(in_short(results), "a:unsupported b:pass c:unsupported d:pass e:unsupported f:unsupported");
  EXPECT_THAT(results[0].reason, HasSubstr(probe.ehlo));
  EXPECT_THAT(results[4].reason, HasSubstr("no endpoint 'submission'"));
}

}  // namespace
}  // namespace smtpspec::engine
