// SPDX-License-Identifier: Apache-2.0
#include "engine/case_run.hpp"

#include <gmock/gmock.h>

#include "engine/played_case_test.hpp"

namespace smtpspec::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Then = Answer::Then;

class CaseRunTest : public PlayedCaseTest {
 protected:
  std::string invariants_broken() const {
    std::string names;
    for (const auto& rule : invariants.results(requirements)) {
      if (rule.broken > 0) names += rule.id + " ";
    }
    return names;
  }
};

// The prelude.

struct PreludeCase {
  const char* from;
  const char* verb;
  Answer answer;
  const char* stage;
  bool may_pass_with_time;
};

const PreludeCase prelude_cases[] = {
    {"greeting", "greeting", {"554 no\r\n"}, "the greeting", false},
    {"greeting", "greeting", {"421 later\r\n", Then::close}, "the greeting", true},
    {"greeting", "greeting", {"", Then::close}, "the greeting", true},
    {"ehlo", "EHLO", {"502 no\r\n"}, "EHLO", false},
    {"ehlo", "EHLO", {"", Then::close}, "EHLO", true},
    {"helo", "HELO", {"550 no\r\n"}, "HELO", false},
    {"mail", "MAIL", {"451 later\r\n"}, "MAIL", true},
    {"mail", "MAIL", {"550 no\r\n"}, "MAIL", false},
    {"rcpt", "RCPT", {"450 later\r\n"}, "RCPT", true},
    {"data", "DATA", {"250 what\r\n"}, "DATA", false},
    {"data", "DATA", {"garbage\r\n"}, "DATA", false},
};

TEST_F(CaseRunTest, APreludeThatFailsBlocks) {
  for (const auto& one_prelude : prelude_cases) {
    SCOPED_TRACE(std::string(one_prelude.verb) + " " + one_prelude.answer.bytes);
    server.answer(one_prelude.verb, {one_prelude.answer});
    const auto result =
        play(std::string("from = \"") + one_prelude.from + "\"\nsteps = [ { send = 'NOOP', expect = 250 } ]");
    EXPECT_EQ(result.verdict, Verdict::blocked);
    EXPECT_THAT(result.reason, HasSubstr(std::string("failed at ") + one_prelude.stage));
    EXPECT_EQ(worth_another_try, one_prelude.may_pass_with_time);
    EXPECT_THAT(result.findings, IsEmpty());
    server.answer(one_prelude.verb, {});
  }
}

TEST_F(CaseRunTest, NobodyListens) {
  server.die();
  const auto result = play("steps = [ { send = 'NOOP', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::blocked);
  EXPECT_TRUE(result.unreachable);
  EXPECT_TRUE(seems_dead);
}

TEST_F(CaseRunTest, SilenceInPlaceOfAGreeting) {
  be_impatient();
  server.answer("greeting", {""});
  const auto result = play("steps = [ { send = 'NOOP', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::blocked);
  EXPECT_TRUE(result.unreachable);
}

TEST_F(CaseRunTest, ThePreludeSaysWhatIsAskedOfIt) {
  const auto result = play(R"(
from = "data"
mail_parameters = "SIZE=10"
recipients = ["{mailbox}", "{second.mailbox}"]
steps = [ { send = '.', expect = 250 } ])");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  const auto stem = result.token;
  EXPECT_THAT(server.commands,
              ElementsAre("EHLO client.example",
                          "MAIL FROM:<" + server.commands[1].substr(11, server.commands[1].find('>') - 11) +
                              "> SIZE=10",
                          "RCPT TO:<user+" + stem + "m0000@example.test>",
                          "RCPT TO:<user+" + stem + "m0001@example.test>", "DATA", "QUIT"));
}

// Answers.

TEST_F(CaseRunTest, AnExpectationThatHoldsPasses) {
  const auto result = play("steps = [ { send = 'NOOP', expect = 250, outcome = 'idle' } ]");
  EXPECT_EQ(result.verdict, Verdict::pass);
  EXPECT_EQ(result.outcome, "idle");
  EXPECT_THAT(result.findings, IsEmpty());
  EXPECT_THAT(server.commands, ElementsAre("EHLO client.example", "NOOP", "QUIT"));
  EXPECT_EQ(invariants_broken(), "");
}

TEST_F(CaseRunTest, AnotherCodeOfTheClassWarns) {
  server.answer("NOOP", {"251 hm\r\n"});
  const auto result = play("steps = [ { send = 'NOOP', expect = 250 }, { send = 'RSET', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::warn);
  EXPECT_THAT(server.commands, testing::Contains("RSET"));
}

TEST_F(CaseRunTest, AnotherClassFailsAndStops) {
  server.answer("NOOP", {"550 no\r\n"});
  const auto result = play("steps = [ { send = 'NOOP', expect = 250 }, { send = 'RSET', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::fail);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].expected, "reply 250");
  EXPECT_EQ(result.findings[0].actual, "550 no\r\n");
  EXPECT_EQ(result.findings[0].line, one.steps[0].position.line);
  EXPECT_THAT(server.commands, testing::Not(testing::Contains("RSET")));
}

TEST_F(CaseRunTest, AMissedShouldGoesOnAndHidesNothing) {
  server.answer("NOOP", {"550 no\r\n"});
  server.answer("RSET", {"550 no\r\n"});
  const auto result = play(
      "steps = [ { send = 'NOOP', expect = 250, covers = ['SHOULD-1'] }, { send = 'RSET', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.requirement_verdicts,
              ElementsAre(result::RequirementVerdict{"MUST-1", Verdict::fail},
                          result::RequirementVerdict{"SHOULD-1", Verdict::warn}));
}

TEST_F(CaseRunTest, A421BlocksWhereSomethingElseWasAskedFor) {
  server.answer("NOOP", {{"421 shutting down\r\n", Then::close}});
  const auto result = play("steps = [ { send = 'NOOP', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::blocked);
  EXPECT_TRUE(worth_another_try);
}

TEST_F(CaseRunTest, A421BehindTheRepliesThatWereCollectedBlocksToo) {
  const std::string collect = "steps = [ { send_raw = 'NOOP\\r\\nNOOP\\r\\n' }, { collect = 'until close', ";
  for (const char* asked :
       {"expect = { replies = [250, 250] }", "one_of = [ { replies = [250, 250], outcome = 'both' } ]"}) {
    server.answer("NOOP", {"250 ok\r\n", {"421 shutting down\r\n", Then::close}});
    const auto result = play(collect + asked + " } ]");
    EXPECT_EQ(result.verdict, Verdict::blocked) << asked;
    EXPECT_TRUE(worth_another_try) << asked;
  }
}

TEST_F(CaseRunTest, TheEndAfterAReplyMayTakeAsLongAsAReply) {
  context.timeouts.end_after_reply = std::chrono::milliseconds(1);
  server.answer("QUIT", {{"221 bye\r\n", Then::close_later}});
  EXPECT_EQ(play("steps = [ { send = 'QUIT', expect = { reply = 221, closed = true } } ]").verdict,
            Verdict::pass);
  const auto result = play(
      "steps = [ { send = 'QUIT', one_of = [ { reply = 221, closed = true, outcome = 'closed' },"
      "{ reply = 221, outcome = 'open', verdict = 'info' } ] } ]");
  EXPECT_EQ(result.outcome, "open");
}

TEST_F(CaseRunTest, TheSilenceOfATargetThatDoesNotReadIsNoAnswer) {
  be_impatient();
  for (const char* answer : {"expect = 500",
                             "one_of = [ { reply = '5xx', outcome = 'refused' },"
                             "{ silence = true, outcome = 'ignored', verdict = 'info' } ]"}) {
    server.answer("NOOP", {{"250 ok\r\n", Then::read_no_more}});
    const auto result =
        play("steps = [ { send = 'NOOP', expect = 250 }, { send_raw = '{repeat(\"x\", 20000000)}', " +
             std::string(answer) + " } ]");
    EXPECT_EQ(result.verdict, Verdict::blocked) << answer;
    EXPECT_THAT(result.reason, HasSubstr("could be sent")) << answer;
  }
}

TEST_F(CaseRunTest, ClosingWithoutAReplyFails) {
  server.answer("NOOP", {{"", Then::close}});
  const auto result = play("steps = [ { send = 'NOOP', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_TRUE(seems_dead);
}

TEST_F(CaseRunTest, OneOfGoesOnWithTheStepsOfItsAlternative) {
  server.answer("VRFY", {"252 perhaps\r\n"});
  const auto result = play(R"(
steps = [
  { send = 'VRFY x', one_of = [
      { reply = 250, exact = true, outcome = "verified" },
      { reply = 252, outcome = "unsaid", verdict = "info", then = [ { send = 'NOOP', expect = 250 } ] },
      { reply = "5xx", outcome = "refused" },
  ] },
  { send = 'RSET', expect = 250 },
])");
  EXPECT_EQ(result.verdict, Verdict::info);
  EXPECT_EQ(result.outcome, "unsaid");
  EXPECT_THAT(server.commands, ElementsAre("EHLO client.example", "VRFY x", "NOOP", "RSET", "QUIT"));
}

TEST_F(CaseRunTest, NoneOfTheAlternativesFails) {
  server.answer("VRFY", {"354 go\r\n"});
  const auto result = play(R"(
steps = [ { send = 'VRFY x', one_of = [ { reply = "2xx", outcome = "a" }, { closed = true, outcome = "b" } ] } ])");
  EXPECT_EQ(result.verdict, Verdict::fail);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_THAT(result.findings[0].expected, HasSubstr("2xx"));
  EXPECT_EQ(result.findings[0].actual, "354 go\r\n");
}

TEST_F(CaseRunTest, ARefusalAndTheEndAreOneAlternative) {
  server.answer("NOOP", {{"500 enough\r\n", Then::close}});
  const auto result = play(R"(
steps = [ { send = 'NOOP', one_of = [
  { reply = "5xx", closed = true, outcome = "refused and closed" },
  { reply = "5xx", outcome = "refused" } ] } ])");
  EXPECT_EQ(result.outcome, "refused and closed");
}

TEST_F(CaseRunTest, SilenceIsAnAnswer) {
  server.answer("NOOP", {"", "250 at last\r\n250 late\r\n"});
  const auto result = play(R"(
steps = [
  { send = 'NOOP', expect = { silence = true, within = '150ms' } },
  { send = 'NOOP', expect = 250 },
  { expect = 250 },
])");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
}

TEST_F(CaseRunTest, ACaptureIsAVariable) {
  server.answer("NOOP", {"250 queued as A17\r\n"});
  const auto result = play(R"(
steps = [ { send = 'NOOP', expect = 250, capture = { id = 'as (\w+)' } }, { send = 'NOOP {id}', expect = 250 } ])");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_THAT(server.commands, testing::Contains("NOOP A17"));
}

// What is done to the target.

wire::Task<std::string> note(std::vector<std::string>& done, std::string action) {
  done.push_back(std::move(action));
  co_return std::string{};
}

TEST_F(CaseRunTest, WhatWasFilledIsFreedHoweverTheStepsEnd) {
  std::vector<std::string> done;
  context.hands.can = [](const std::string&) { return true; };
  context.hands.act = [&done](std::string action) { return note(done, std::move(action)); };
  const auto failed =
      play("disruptive = true\nsteps = [ { target = 'fill' }, { send = 'NOOP', expect = 354 } ]");
  EXPECT_EQ(failed.verdict, Verdict::fail);
  EXPECT_THAT(done, ElementsAre("fill", "free"));
  done.clear();
  play("disruptive = true\nsteps = [ { target = 'fill' }, { target = 'free' } ]");
  EXPECT_THAT(done, ElementsAre("fill", "free"));
}

TEST_F(CaseRunTest, AnUnknownVariableIsOurError) {
  const auto result = play("steps = [ { send = 'NOOP {ehlo.DSN}', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::error);
  EXPECT_THAT(result.reason, HasSubstr("t.toml:"));
}

TEST_F(CaseRunTest, TheSameAnswerInAnotherSession) {
  server.answer("VRFY", {"550 no\r\n", "551 no\r\n"});
  const auto result = play(R"(
steps = [
  { send = 'VRFY x', expect = "5xx", as = "first" },
  { open = "b" },
  { session = "b", send = 'VRFY x', expect = { same_as = "first" } },
])");
  EXPECT_EQ(result.verdict, Verdict::fail);
  ASSERT_EQ(result.sessions.size(), 2u);
  EXPECT_EQ(result.sessions[1].name, "b");
  EXPECT_EQ(result.findings.at(0).session, "b");
}

// Several commands.

TEST_F(CaseRunTest, AGroupIsOneWriteAndItsAnswersComeInOrder) {
  server.answer("RCPT", {"250 a\r\n", "550 b\r\n"});
  const auto result = play(R"(
steps = [ { group = [
  { send = 'MAIL FROM:<{sender}>', expect = 250 },
  { send = 'RCPT TO:<{mailbox}>', expect = 250 },
  { send = 'RCPT TO:<{rejected}>', expect = 550 },
  { send = 'RSET', expect = 250 } ] } ])");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  std::size_t writes = 0;
  for (const auto& event : result.sessions.at(0).events) {
    writes += event.kind == base::TranscriptEvent::Kind::sent;
  }
  EXPECT_EQ(writes, 3u);  // EHLO, the group, QUIT
}

TEST_F(CaseRunTest, AGroupWhoseReplyIsLostFails) {
  server.answer("RSET", {"250 a\r\n", ""});
  be_impatient();
  const auto result =
      play("steps = [ { group = [ { send = 'RSET', expect = 250 }, { send = 'RSET', expect = 250 } ] } ]");
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(result.findings.at(0).actual, "silence");
}

TEST_F(CaseRunTest, RepeatCounts) {
  const auto result = play("steps = [ { repeat = 3, steps = [ { send = 'NOOP {i}', expect = 250 } ] } ]");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_THAT(server.commands, ElementsAre("EHLO client.example", "NOOP 1", "NOOP 2", "NOOP 3", "QUIT"));
}

TEST_F(CaseRunTest, RepeatGoesOverTheRecipientsThatWereTaken) {
  server.answer("RCPT", {"250 a\r\n", "550 b\r\n", "250 c\r\n"});
  const auto result = play(R"(
from = "mail"
steps = [
  { send = 'RCPT TO:<a@x.test>', expect = 250 },
  { send = 'RCPT TO:<b@x.test>', expect = 550 },
  { send = 'RCPT TO:<c@x.test>', expect = 250 },
  { repeat = "accepted recipients", steps = [ { send = 'VRFY {recipient}', expect = 250 } ] },
])");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_THAT(server.commands, testing::IsSupersetOf({"VRFY a@x.test", "VRFY c@x.test"}));
  EXPECT_THAT(server.commands, testing::Not(testing::Contains("VRFY b@x.test")));
}

TEST_F(CaseRunTest, CollectReadsToTheEnd) {
  const auto result = play(R"(
steps = [
  { send_raw = 'NOOP\r\nNOOP\r\nQUIT\r\n' },
  { collect = "until close", within = "10s", expect = { replies = [250, 250, 221], closed = true } },
])");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
}

TEST_F(CaseRunTest, OctetByOctet) {
  const auto result = play("steps = [ { send = 'NOOP', split = 'every octet', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_THAT(server.commands, testing::Contains("NOOP"));
}

// The end of a session.

struct ClosingCase {
  const char* name;
  std::vector<Answer> noop;
  std::vector<Answer> quit;
  Verdict verdict;
  const char* broken;  // invariants
};

const ClosingCase closing_cases[] = {
    {"as it should be", {}, {}, Verdict::pass, ""},
    {"a surplus reply before", {"250 a\r\n250 b\r\n"}, {}, Verdict::fail, ""},
    {"a surplus reply after", {}, {{"221 a\r\n250 b\r\n", Then::close}}, Verdict::fail, ""},
    {"221 twice", {}, {{"221 a\r\n221 b\r\n", Then::close}}, Verdict::fail, ""},
    {"a 421 before the end is exempt", {}, {{"221 a\r\n421 b\r\n", Then::close}}, Verdict::pass, ""},
    {"a 421 alone", {}, {{"421 b\r\n", Then::close}}, Verdict::pass, ""},
    {"the end without a reply", {}, {{"", Then::close}}, Verdict::pass, ""},
    {"another code", {}, {{"250 a\r\n", Then::close}}, Verdict::pass, "invariants/quit-gets-221 "},
};

TEST_F(CaseRunTest, RepliesAreCountedAtTheEnd) {
  for (const auto& closing : closing_cases) {
    SCOPED_TRACE(closing.name);
    invariants = {};
    server.answer("NOOP", closing.noop);
    server.answer("QUIT", closing.quit);
    const auto result = play("steps = [ { send = 'NOOP', expect = 250 } ]");
    EXPECT_EQ(result.verdict, closing.verdict);
    EXPECT_EQ(invariants_broken(), closing.broken);
    if (closing.verdict == Verdict::fail) {
      ASSERT_EQ(result.findings.size(), 1u);
      EXPECT_THAT(result.findings[0].requirements, ElementsAre("R5321-4.2-a"));
    }
  }
}

TEST_F(CaseRunTest, QuitThatIsNeverAnsweredFails) {
  be_impatient();
  server.answer("QUIT", {""});
  const auto result = play("steps = [ { send = 'NOOP', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.findings.at(0).message, HasSubstr("QUIT"));
}

TEST_F(CaseRunTest, AStreamThatStaysOpenBreaksAnInvariantAlone) {
  be_impatient();
  server.answer("QUIT", {"221 a\r\n"});
  const auto result = play("steps = [ { send = 'NOOP', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::pass);
  EXPECT_EQ(invariants_broken(), "invariants/closes-after-221 ");
}

TEST_F(CaseRunTest, AServerThatTalksForEverEndsAllTheSame) {
  std::string endless;
  for (int i = 0; i < 5000; ++i) endless += "250 more\r\n";
  server.answer("QUIT", {{endless}});
  const auto result = play("steps = [ { send = 'NOOP', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::fail);
}

TEST_F(CaseRunTest, InTheMiddleOfContentThereIsNoQuit) {
  const auto result =
      play("from = 'data'\nsteps = [ { send = 'half a message' } ]\ndelivered = { count = 0 }");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_THAT(server.contents, ElementsAre(HasSubstr("fence")));
}

// Mail.

constexpr char one_message[] = R"(
from = "data"
steps = [ { message = 'Subject: {token}\r\n\r\n.dot\r\n', expect = 250 } ]
delivered = { count = 1, body = ['.dot'] }
)";

TEST_F(CaseRunTest, MailThatArrivedPasses) {
  // The scripted server keeps the stuffing.
  const auto result = play(R"(
from = "data"
steps = [ { message = 'Subject: {token}\r\n\r\ntext\r\n', expect = 250 } ]
delivered = { count = 1, body = ['text'], whole = true }
)");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_EQ(result.delivered.size(), 1u);
}

TEST_F(CaseRunTest, MailThatDiffersFails) {
  const auto result = play(one_message);
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(result.findings.at(0).actual, "..dot\r\n");
}

TEST_F(CaseRunTest, MailThatNeverCameFailsOnceAFenceDid) {
  be_impatient();
  server.keeps = [](const std::string& address) { return address[10] == 'f'; };  // fences alone
  const auto result = play(one_message);
  EXPECT_EQ(result.verdict, Verdict::fail) << result.reason;
  EXPECT_THAT(result.findings.at(0).message, HasSubstr("0 messages"));
}

TEST_F(CaseRunTest, ALostFenceBlocks) {
  be_impatient();
  server.keeps = [](const std::string&) { return false; };
  const auto result = play(one_message);
  EXPECT_EQ(result.verdict, Verdict::blocked);
  EXPECT_THAT(result.reason, HasSubstr("fence"));
}

TEST_F(CaseRunTest, AFenceThatIsRefusedBlocksAndShowsItsDialogue) {
  server.answer("RCPT", {"250 a\r\n", "550 no more\r\n"});
  const auto result = play(R"(
from = "data"
steps = [ { send = '.', expect = 250 } ]
delivered = { count = "0..1" }
)");
  EXPECT_EQ(result.verdict, Verdict::blocked);
  ASSERT_EQ(result.sessions.size(), 2u);
  EXPECT_EQ(result.sessions[1].name, "fence");
}

TEST_F(CaseRunTest, WithoutAMailboxTheDialogueIsStillJudged) {
  context.mail = nullptr;
  EXPECT_EQ(play(one_message).verdict, Verdict::unsupported);
  server.answer(".", {"554 no\r\n"});
  EXPECT_EQ(play(one_message).verdict, Verdict::fail);
}

TEST_F(CaseRunTest, MailMayDecideBetweenAlternatives) {
  const auto result = play(R"(
from = "data"
steps = [ { send = ['Subject: x', '', 'x', '.'], one_of = [
  { reply = 250, delivered_to = "second", outcome = "went astray", verdict = "fail" },
  { reply = 250, outcome = "taken" } ] } ]
)");
  EXPECT_EQ(result.outcome, "taken") << result.reason;
}

}  // namespace
}  // namespace smtpspec::engine
