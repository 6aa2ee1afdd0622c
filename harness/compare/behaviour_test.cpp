// SPDX-License-Identifier: Apache-2.0
#include "compare/behaviour.hpp"

#include <gtest/gtest.h>

namespace smtpspec::compare {
namespace {

using base::TranscriptEvent;
using result::CaseResult;
using result::Finding;
using result::Session;
using Kind = TranscriptEvent::Kind;

Session session_of(std::vector<std::pair<Kind, std::string>> events, std::vector<result::StepMark> steps) {
  Session session;
  for (auto& event : events) session.events.push_back({event.first, {}, event.second, false});
  session.steps = std::move(steps);
  return session;
}

CaseResult judged(Verdict verdict, std::string outcome, std::vector<Finding> findings) {
  CaseResult result;
  result.id = "rfc5321/a/b";
  result.token = "a1b2c3d4";
  result.verdict = verdict;
  result.outcome = std::move(outcome);
  result.findings = std::move(findings);
  return result;
}

Finding found(Verdict verdict, std::string actual, std::string outcome = {}, std::size_t event = 5) {
  Finding finding;
  finding.verdict = verdict;
  finding.message = "the message";
  finding.actual = std::move(actual);
  finding.outcome = std::move(outcome);
  finding.event = event;
  return finding;
}

struct AnswerCase {
  std::string actual;
  std::string answer;
};

TEST(Behaviour, AnswerOfTheDecidingFinding) {
  const AnswerCase cases[] = {
      {"250 2.0.0 Ok: queued as 4F2A\r\n", "250"},
      {"250-mx.test\r\n250 SIZE\r\n", "250"},
      {"354", "354"},
      {"250, 221", "250, 221"},
      {"250, 250, 250, 221, then the stream ended: peer closed (FIN)", "250 x3, 221, closed"},
      {"1xx", "the message"},
      {"2500 not a code", "the message"},
      {"421 4.7.0 go away\r\n, then the stream ended", "421, closed"},
      {"the stream ended: peer closed (RST)", "closed"},
      {"silence", "silence"},
      {"silence, 12 octets unread", "silence"},
      {"a malformed reply: hello\r\n", "malformed reply"},
      {"nothing", "nothing"},
      {"500, 501, 500, 501, 500, 501, 500, 501", "500, 501, 500, 501, 500, 501, ..."},
      {"", "the message"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(behaviour_of(judged(Verdict::fail, "", {found(Verdict::fail, c.actual)})).answer, c.answer)
        << c.actual;
  }
}

TEST(Behaviour, WhatIsSaidOfMailIsNoAnswerOnASession) {
  const auto seen = behaviour_of(judged(Verdict::fail, "", {found(Verdict::fail, "250 octets", "", 0)}));
  EXPECT_EQ(seen.answer, "the message");
}

TEST(Behaviour, ALabelGoesBeforeAnAnswer) {
  const auto seen =
      behaviour_of(judged(Verdict::pass, "refused", {found(Verdict::pass, "550 no\r\n", "refused")}));
  EXPECT_EQ(seen.text(), "refused");
  EXPECT_EQ(seen.answer, "550");
}

TEST(Behaviour, AnOutcomeFromBeforeTheComplaintIsNotItsLabel) {
  const auto seen = behaviour_of(
      judged(Verdict::fail, "accepted",
             {found(Verdict::info, "250 ok\r\n", "accepted"), found(Verdict::fail, "500 no\r\n")}));
  EXPECT_EQ(seen.text(), "500");
}

TEST(Behaviour, TheLastWordDecidesWhereNothingIsWrong) {
  const auto result = judged(Verdict::pass, "kept as data",
                             {found(Verdict::pass, "silence", "silent at the false end"),
                              found(Verdict::pass, "250 ok\r\n", "kept as data")});
  EXPECT_EQ(behaviour_of(result).label, "kept as data");
  EXPECT_EQ(behaviour_of(result).answer, "250");
}

TEST(Behaviour, WithoutFindingTheLastReplyOfTheLastStep) {
  auto result = judged(Verdict::pass, "", {});
  result.sessions = {session_of({{Kind::received, "220 mx\r\n"},
                                 {Kind::sent, "DATA\r\n"},
                                 {Kind::received, "35"},
                                 {Kind::received, "4 go on\r\n"},
                                 {Kind::sent, "x\r\n"},
                                 {Kind::sent, "QUIT\r\n"},
                                 {Kind::received, "221 bye\r\n"}},
                                {{0, "prelude", 0}, {7, "send", 1}, {8, "send", 4}, {0, "closing", 5}})};
  EXPECT_EQ(behaviour_of(result).answer, "354");
  // A session without steps of the scenario is not what the case is about.
  result.sessions.push_back(session_of({{Kind::received, "250 fence\r\n"}}, {{0, "prelude", 0}}));
  EXPECT_EQ(behaviour_of(result).answer, "354");
}

TEST(Behaviour, OfACaseThatAsksOnlyForTheWayThere) {
  auto result = judged(Verdict::pass, "", {});
  result.sessions = {session_of({{Kind::received, "250-a\r\n250 b\r\n"}, {Kind::sent, "x"}},
                                {{0, "prelude", 0}, {7, "send", 1}})};
  EXPECT_EQ(behaviour_of(result).answer, "250");
  result.sessions.clear();
  EXPECT_EQ(behaviour_of(result).text(), "");
}

struct ReasonCase {
  std::string reason;
  std::string outcome;
  std::string text;
};

TEST(Behaviour, ShortReasonWhereNothingWasJudged) {
  const ReasonCase cases[] = {
      {"the answer to EHLO does not list STARTTLS: 250-mx\r\n250 SIZE\r\n", "", "no STARTTLS"},
      {"the answer to EHLO does not list AUTH PLAIN: 250 mx\r\n", "", "no AUTH PLAIN"},
      {"the target cyrus has no endpoint 'smtp'", "", "no endpoint 'smtp'"},
      {"anything", "no mailbox", "no mailbox"},
      {"the dialogue before the first step failed at RCPT: 550 no\r\n", "", "RCPT: 550 no..."},
      {std::string(70, 'x'), "", std::string(60, 'x') + "..."},
      {"not run: interrupted", "", "not run: interrupted"},
  };
  for (const auto& c : cases) {
    auto result = judged(Verdict::unsupported, c.outcome, {});
    result.reason = c.reason;
    EXPECT_EQ(behaviour_of(result).text(), c.text);
  }
}

TEST(Behaviour, TokensAreNoDifference) {
  auto one = judged(Verdict::fail, "", {found(Verdict::fail, "", "", 0)});
  auto other = one;
  one.findings[0].message = "lost user+a1b2c3d4";
  other.token = "ffff0000";
  other.findings[0].message = "lost user+ffff0000";
  EXPECT_TRUE(is_same(behaviour_of(one), behaviour_of(other)));
}

TEST(Behaviour, ATokenMayBeThePlaceHolderItself) {
  for (const auto* token : {"token", "{token}"}) {
    auto one = judged(Verdict::pass, std::string("took user+") + token, {});
    one.token = token;
    EXPECT_EQ(behaviour_of(one).label, "took user+{token}");
  }
}

TEST(Behaviour, Same) {
  const auto behaviour = [](Verdict verdict, std::string label, std::string answer) {
    return Behaviour{verdict, std::move(label), std::move(answer), "detail"};
  };
  EXPECT_TRUE(
      is_same(behaviour(Verdict::pass, "refused", "550"), behaviour(Verdict::pass, "refused", "554")));
  EXPECT_FALSE(is_same(behaviour(Verdict::pass, "", "550"), behaviour(Verdict::pass, "", "554")));
  EXPECT_FALSE(is_same(behaviour(Verdict::pass, "", "550"), behaviour(Verdict::warn, "", "550")));
  EXPECT_FALSE(is_same(behaviour(Verdict::pass, "a", "550"), behaviour(Verdict::pass, "b", "550")));
}

}  // namespace
}  // namespace smtpspec::compare
