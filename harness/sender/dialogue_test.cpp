// SPDX-License-Identifier: Apache-2.0
#include "sender/dialogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sender/content.hpp"
#include "sender/fake_server_test.hpp"
#include "smtp/base64.hpp"

namespace smtpspec::sender {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string hello = "EHLO sender.example.test\\r\\n";
const std::string quit = "QUIT\\r\\n";

Message message_to(std::vector<std::string> addresses) {
  Message message;
  message.reverse_path = "a@s.test";
  for (std::string& address : addresses) message.recipients.push_back({std::move(address)});
  message.content = "Subject: x\r\n\r\ntext\r\n";
  return message;
}

Settings by_data() {
  Settings settings;
  settings.prefers_chunks = false;
  return settings;
}

/// What was said, and what came of it: "delivered failed".
struct Ran {
  std::vector<std::string> said;
  std::string outcomes;
  std::vector<Outcome> each;
  FakeServer server;
};

std::string name_of(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::undecided:
      return "undecided";
    case Outcome::Kind::delivered:
      return "delivered";
    case Outcome::Kind::deferred:
      return "deferred";
    case Outcome::Kind::failed:
      return "failed";
  }
  return "?";
}

Ran run(Script script, Message message = message_to({"r@t.test"}), Settings settings = by_data()) {
  std::vector<std::size_t> all(message.recipients.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  Dialogue dialogue(std::make_shared<const Settings>(std::move(settings)),
                    std::make_shared<const Message>(std::move(message)), all);
  Ran ran{{}, {}, {}, FakeServer(std::move(script))};
  for (const std::string& line : converse(dialogue, ran.server)) {
    if (line.substr(0, 3) == "C: ") ran.said.push_back(line.substr(3));
  }
  ran.each = dialogue.outcomes();
  for (const Outcome& outcome : ran.each) {
    ran.outcomes += (ran.outcomes.empty() ? "" : " ") + name_of(outcome.kind);
  }
  return ran;
}

Script offering(std::vector<std::string> keywords) {
  Script script;
  script.keywords = std::move(keywords);
  return script;
}

Script answering(std::map<std::string, std::vector<std::string>> answers,
                 std::vector<std::string> keywords = {"PIPELINING"}) {
  Script script = offering(std::move(keywords));
  script.answers = std::move(answers);
  return script;
}

TEST(Dialogue, GroupsUpToDataWherePipeliningIsOffered) {
  const Ran ran = run({}, message_to({"r@t.test", "q@t.test"}));
  EXPECT_THAT(
      ran.said,
      ElementsAre(
          hello,
          "MAIL FROM:<a@s.test> SIZE=20\\r\\nRCPT TO:<r@t.test>\\r\\nRCPT TO:<q@t.test>\\r\\nDATA\\r\\n",
          "Subject: x\\r\\n\\r\\ntext\\r\\n.\\r\\n", quit));
  EXPECT_EQ(ran.outcomes, "delivered delivered");
  EXPECT_EQ(ran.each[0].reply, "250 taken");
  EXPECT_EQ(ran.each[0].peer_name, "fake.test");
  EXPECT_TRUE(ran.each[0].dsn_passed_on);
}

TEST(Dialogue, WaitsForEachReplyWithoutPipelining) {
  const Ran ran = run(offering({}), message_to({"r@t.test", "q@t.test"}));
  EXPECT_THAT(ran.said, ElementsAre(hello, "MAIL FROM:<a@s.test>\\r\\n", "RCPT TO:<r@t.test>\\r\\n",
                                    "RCPT TO:<q@t.test>\\r\\n", "DATA\\r\\n",
                                    "Subject: x\\r\\n\\r\\ntext\\r\\n.\\r\\n", quit));
}

TEST(Dialogue, FallsBackToHeloAndSendsNoParameters) {
  Message message = message_to({"r@t.test"});
  message.ret = "FULL";
  message.recipients[0].notify = "NEVER";
  for (const char* refusal : {"500 what", "502 no", "550 no EHLO", "554 no"}) {
    const Ran ran = run(answering({{"EHLO", {refusal}}}), message);
    EXPECT_THAT(ran.said, ElementsAre(hello, "HELO sender.example.test\\r\\n", "MAIL FROM:<a@s.test>\\r\\n",
                                      "RCPT TO:<r@t.test>\\r\\n", "DATA\\r\\n", testing::_, quit));
    EXPECT_EQ(ran.outcomes, "delivered");
  }
}

struct GreetingCase {
  const char* greeting;
  const char* outcome;
};

TEST(Dialogue, GreetingDecides) {
  for (const GreetingCase& c : {GreetingCase{"421 later", "deferred"},
                                {"450 later", "deferred"},
                                {"521 never", "failed"},
                                {"554 no", "failed"},
                                {"199 odd", "deferred"},
                                {"hello", "deferred"},
                                {"220-a\r\n220-b\r\n220 c", "delivered"},
                                {"220", "delivered"},
                                {"229 odd", "delivered"}}) {
    const Ran ran = run(answering({{"greeting", {c.greeting}}}));
    EXPECT_EQ(ran.outcomes, c.outcome) << c.greeting;
    EXPECT_EQ(ran.said.front(), ran.outcomes == "delivered" ? hello : quit) << c.greeting;
    EXPECT_EQ(ran.said.back(), quit) << c.greeting;
  }
}

TEST(Dialogue, ParametersFollowWhatIsOffered) {
  Message message = message_to({"r@t.test"});
  message.content = "\xff\r\n";
  message.ret = "HDRS";
  message.envid = "E+2BX";
  message.recipients[0].notify = "SUCCESS,FAILURE";
  message.recipients[0].orcpt = "rfc822;R@T.test";
  const Ran all = run({}, message);
  EXPECT_THAT(all.said[1], HasSubstr("MAIL FROM:<a@s.test> SIZE=3 BODY=8BITMIME RET=HDRS ENVID=E+2BX\\r\\n"));
  EXPECT_THAT(all.said[1],
              HasSubstr("RCPT TO:<r@t.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;R@T.test\\r\\n"));
  const Ran some = run(offering({"8bitmime"}), message);
  EXPECT_EQ(some.said[1], "MAIL FROM:<a@s.test> BODY=8BITMIME\\r\\n");
  EXPECT_EQ(some.said[2], "RCPT TO:<r@t.test>\\r\\n");
  EXPECT_FALSE(some.each[0].dsn_passed_on);
}

TEST(Dialogue, SmtpUtf8OnlyWhereNeeded) {
  Message message = message_to({"\xc3\xbc@t.test"});
  EXPECT_THAT(run({}, message).said[1], HasSubstr(" SMTPUTF8\\r\\n"));
  message = message_to({"r@t.test"});
  message.smtp_utf8 = true;
  EXPECT_THAT(run({}, message).said[1], Not(HasSubstr("SMTPUTF8")));
  message.content = "Subject: \xc3\xbc\r\n\r\n";
  EXPECT_THAT(run({}, message).said[1], HasSubstr("BODY=8BITMIME SMTPUTF8"));
}

TEST(Dialogue, WhatTheServerCantTakeIsNotSent) {
  Message eight = message_to({"r@t.test"});
  eight.content = "\xe4\r\n";
  Message utf8 = message_to({"\xc3\xbc@t.test"});
  Message binary = message_to({"r@t.test"});
  binary.body = Body::binary_mime;
  Message big = message_to({"r@t.test"});
  big.content.assign(101, 'x');
  Message guarded = message_to({"r@t.test"});
  guarded.require_tls = true;
  struct Case {
    Message message;
    std::string reply;
  };
  for (const Case& c : {Case{eight, "554 5.6.3"},
                        {utf8, "553 5.6.7"},
                        {binary, "554 5.6.3"},
                        {big, "552 5.3.4"},
                        {guarded, "550 5.7.10"}}) {
    const Ran ran = run(offering({"SIZE 100"}), c.message);
    EXPECT_THAT(ran.said, ElementsAre(hello, quit)) << c.reply;
    EXPECT_EQ(ran.outcomes, "failed");
    EXPECT_THAT(ran.each[0].reply, HasSubstr(c.reply));
    EXPECT_FALSE(ran.each[0].from_peer);
  }
}

TEST(Dialogue, EachRecipientHasItsOwnOutcome) {
  for (const auto& keywords : {std::vector<std::string>{"PIPELINING"}, std::vector<std::string>{}}) {
    const Ran ran =
        run(answering({{"RCPT", {"550 5.1.1 no", "251 elsewhere", "450 later", "250 ok"}}}, keywords),
            message_to({"a@t.test", "b@t.test", "c@t.test", "d@t.test"}));
    EXPECT_EQ(ran.outcomes, "failed delivered deferred delivered");
    EXPECT_EQ(ran.each[0].reply, "550 5.1.1 no");
  }
}

TEST(Dialogue, OnlyTheFirstDigitCounts) {
  EXPECT_EQ(
      run(answering({{"MAIL", {"299 fine"}}, {"RCPT", {"214 fine"}}, {"DATA", {"399 go"}}, {".", {"277"}}}))
          .outcomes,
      "delivered");
  EXPECT_EQ(run(answering({{"RCPT", {"499 odd"}}})).outcomes, "deferred");
  EXPECT_EQ(run(answering({{"RCPT", {"599 odd"}}})).outcomes, "failed");
  EXPECT_EQ(run(answering({{"RCPT", {"699 odd"}}})).outcomes, "deferred");
  EXPECT_EQ(run(answering({{"RCPT", {"354 odd"}}})).outcomes, "deferred");
  EXPECT_EQ(run(answering({{".", {"354 odd"}}})).outcomes, "deferred");
  EXPECT_EQ(run(answering({{".", {"550-no\r\n550-really\r\n550 no"}}})).each[0].reply,
            "550-no\r\n550-really\r\n550 no");
}

TEST(Dialogue, MailRefusedIsAllRefused) {
  for (const auto& keywords : {std::vector<std::string>{"PIPELINING"}, std::vector<std::string>{}}) {
    const Ran ran =
        run(answering({{"MAIL", {"550 no"}}, {"RCPT", {"503 no MAIL"}}, {"DATA", {"503 no"}}}, keywords),
            message_to({"a@t.test", "b@t.test"}));
    EXPECT_EQ(ran.outcomes, "failed failed");
    EXPECT_EQ(ran.each[1].reply, "550 no");
    EXPECT_EQ(ran.said.back(), quit);
  }
}

TEST(Dialogue, AllRefusedInAGroupGetsALoneDotFor354) {
  const Ran ran = run(answering({{"RCPT", {"550 no"}}}));
  EXPECT_THAT(ran.said, ElementsAre(hello, HasSubstr("DATA"), ".\\r\\n", quit));
  EXPECT_THAT(ran.server.contents, ElementsAre(""));
  EXPECT_EQ(ran.outcomes, "failed");
  const Ran refused = run(answering({{"RCPT", {"550 no"}}, {"DATA", {"554 nobody"}}}));
  EXPECT_THAT(refused.said, ElementsAre(hello, HasSubstr("DATA"), quit));
}

TEST(Dialogue, AllRefusedWithoutPipeliningGetsNoData) {
  const Ran ran = run(answering({{"RCPT", {"550 no"}}}, {}));
  EXPECT_THAT(ran.said, Each(Not(HasSubstr("DATA"))));
}

TEST(Dialogue, ContentFollows354Alone) {
  struct Case {
    const char* reply;
    const char* outcome;
  };
  for (const Case& c : {Case{"250 ok", "deferred"},
                        {"451 later", "deferred"},
                        {"554 no", "failed"},
                        {"421 bye", "deferred"},
                        {"xyz", "deferred"}}) {
    const Ran ran = run(answering({{"DATA", {c.reply}}}));
    EXPECT_THAT(ran.said, Each(Not(HasSubstr("Subject")))) << c.reply;
    EXPECT_EQ(ran.outcomes, c.outcome) << c.reply;
    EXPECT_EQ(ran.said.back(), quit);
  }
}

TEST(Dialogue, A421AnywhereDefersAndQuits) {
  for (const char* verb : {"greeting", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
    const Ran ran = run(answering({{verb, {"421 shutting down"}}}), message_to({"a@t.test", "b@t.test"}));
    EXPECT_EQ(ran.outcomes, "deferred deferred") << verb;
    EXPECT_EQ(ran.said.back(), quit) << verb;
  }
}

TEST(Dialogue, LossAndSilenceDefer) {
  for (const char* verb : {"greeting", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
    EXPECT_EQ(run(answering({{verb, {"close"}}})).outcomes, "deferred") << verb;
    const Ran silent = run(answering({{verb, {""}}}, {}));
    EXPECT_EQ(silent.outcomes, "deferred") << verb;
    EXPECT_EQ(silent.said.back(), quit) << verb;
  }
  EXPECT_EQ(run(answering({{"QUIT", {"close"}}})).outcomes, "delivered");
  EXPECT_EQ(run(answering({{"QUIT", {""}}})).outcomes, "delivered");
}

TEST(Dialogue, RepliesInExcessEndTheSession) {
  const Ran ran = run(answering({{"EHLO", {"250 fake.test\r\n250 once more"}}}));
  EXPECT_THAT(ran.said, ElementsAre(hello, quit));
  EXPECT_EQ(ran.outcomes, "deferred");
}

TEST(Dialogue, DotsAreStuffedAndTheLastLineIsEnded) {
  Message message = message_to({"r@t.test"});
  message.content = ".\r\n..a\r\nb.\r\n.c";
  const Ran ran = run({}, message);
  EXPECT_THAT(ran.server.contents, ElementsAre("..\r\n...a\r\nb.\r\n..c\r\n"));
  message.content.clear();
  EXPECT_THAT(run({}, message).server.contents, ElementsAre(""));
}

TEST(Dialogue, AHundredRecipientsAtMostInATransaction) {
  std::vector<std::string> addresses;
  for (int i = 0; i < 230; ++i) addresses.push_back("r" + std::to_string(i) + "@t.test");
  const Ran ran = run({}, message_to(addresses));
  EXPECT_THAT(ran.server.contents, SizeIs(3));
  EXPECT_THAT(ran.outcomes, Not(HasSubstr("de"
                                          "ferred")));
  EXPECT_THAT(ran.server.commands, Not(Contains("RSET")));
  const Ran limited = run(offering({"LIMITS MAILMAX=9 RCPTMAX=1"}), message_to({"a@t.test", "b@t.test"}));
  EXPECT_THAT(limited.server.contents, SizeIs(2));
}

TEST(Dialogue, AnOpenTransactionIsResetBeforeTheNext) {
  const Ran ran = run(answering({{"RCPT", {"550 no", "250 ok"}}}, {"LIMITS RCPTMAX=1"}),
                      message_to({"a@t.test", "b@t.test"}));
  EXPECT_THAT(ran.server.commands, ElementsAre(testing::_, HasSubstr("MAIL"), HasSubstr("RCPT"), "RSET",
                                               HasSubstr("MAIL"), HasSubstr("RCPT"), "DATA", "QUIT"));
  EXPECT_EQ(ran.outcomes, "failed delivered");
}

TEST(Dialogue, TooManyRecipientsMayComeLater) {
  const auto outcomes = [](const char* second) {
    return run(answering({{"RCPT", {"250 ok", second}}}), message_to({"a@t.test", "b@t.test"})).outcomes;
  };
  EXPECT_EQ(outcomes("552 too many"), "delivered deferred");
  EXPECT_EQ(outcomes("552 5.5.3 too many"), "delivered deferred");
  EXPECT_EQ(outcomes("552 5.2.3 too big"), "delivered failed");
  EXPECT_EQ(run(answering({{"RCPT", {"552 full"}}})).outcomes, "failed");
}

TEST(Dialogue, ChunksWaitForEachOther) {
  Settings settings;
  settings.chunk_octets = 10;
  Message message = message_to({"r@t.test"});
  message.content = ".123456\r\n.234567\r\n.3";
  const Ran ran = run(offering({"CHUNKING", "PIPELINING"}), message, settings);
  EXPECT_THAT(ran.said, ElementsAre(hello, "MAIL FROM:<a@s.test>\\r\\nRCPT TO:<r@t.test>\\r\\n",
                                    "BDAT 10\\r\\n.123456\\r\\n.", "BDAT 10\\r\\n234567\\r\\n.3",
                                    "BDAT 2 LAST\\r\\n\\r\\n", quit));
  EXPECT_EQ(ran.outcomes, "delivered");
}

TEST(Dialogue, ARefusedChunkIsTheLastAndIsReset) {
  Settings settings;
  settings.chunk_octets = 10;
  const Ran ran = run(answering({{"BDAT", {"552 full"}}}, {"CHUNKING"}), message_to({"r@t.test"}), settings);
  EXPECT_THAT(ran.server.commands,
              ElementsAre(testing::_, testing::_, testing::_, "BDAT 10", "RSET", "QUIT"));
  EXPECT_EQ(ran.outcomes, "failed");
}

TEST(Dialogue, BinaryGoesByBdatAsItIs) {
  Message message = message_to({"r@t.test"});
  message.body = Body::binary_mime;
  message.content = std::string("\n\0\r\xff", 4);
  const Ran ran = run(offering({"BINARYMIME", "CHUNKING"}), message);
  EXPECT_EQ(ran.said[1], "MAIL FROM:<a@s.test> BODY=BINARYMIME\\r\\n");
  EXPECT_THAT(ran.server.contents, ElementsAre(message.content));
}

TEST(Dialogue, TlsForgetsWhatWasOffered) {
  Script script = offering({"STARTTLS", "PIPELINING", "SIZE"});
  script.keywords_in_tls = {"STARTTLS", "DSN"};
  const Ran ran = run(script);
  EXPECT_THAT(ran.server.commands,
              ElementsAre("EHLO sender.example.test", "STARTTLS", "EHLO sender.example.test",
                          "MAIL FROM:<a@s.test>", testing::_, testing::_, "QUIT"));
}

TEST(Dialogue, ClearOctetsBehindTheGoAheadAreDiscarded) {
  Script script = offering({"STARTTLS"});
  script.answers = {{"STARTTLS", {"220 go\r\n250-evil.test\r\n250 AUTH PLAIN"}}};
  const Ran ran = run(script);
  EXPECT_EQ(ran.outcomes, "delivered");
  EXPECT_EQ(ran.each[0].peer_name, "fake.test");
  EXPECT_THAT(ran.server.commands, SizeIs(7));
}

TEST(Dialogue, TlsPolicyDecides) {
  Settings settings = by_data();
  settings.tls.policy = TlsPolicy::required;
  EXPECT_EQ(run(offering({}), message_to({"r@t.test"}), settings).outcomes, "deferred");
  EXPECT_EQ(
      run(answering({{"STARTTLS", {"454 no"}}}, {"STARTTLS"}), message_to({"r@t.test"}), settings).outcomes,
      "deferred");
  EXPECT_EQ(run(answering({{"STARTTLS", {"454 no"}}}, {"STARTTLS"})).outcomes, "delivered");
  Script broken = offering({"STARTTLS"});
  broken.handshake_fails = true;
  EXPECT_EQ(run(broken).outcomes, "deferred");
  EXPECT_THAT(run(broken).server.commands, ElementsAre(testing::_, "STARTTLS"));
  Script doubtful = offering({"STARTTLS"});
  doubtful.certificate_is_good = false;
  EXPECT_EQ(run(doubtful, message_to({"r@t.test"}), settings).outcomes, "delivered");
  settings.tls.policy = TlsPolicy::verified;
  EXPECT_EQ(run(doubtful, message_to({"r@t.test"}), settings).outcomes, "deferred");
  settings.tls.policy = TlsPolicy::never;
  EXPECT_THAT(run(doubtful, message_to({"r@t.test"}), settings).server.commands, Not(Contains("STARTTLS")));
}

TEST(Dialogue, TlsMayBeginWithTheConnection) {
  Settings settings = by_data();
  settings.tls.policy = TlsPolicy::verified;
  settings.tls.at_once = true;
  Script script = offering({});
  script.keywords_in_tls = {"STARTTLS", "DSN"};
  const Ran ran = run(script, message_to({"r@t.test"}), settings);
  EXPECT_EQ(ran.outcomes, "delivered");
  EXPECT_THAT(ran.server.commands,
              ElementsAre("EHLO sender.example.test", "MAIL FROM:<a@s.test>", testing::_, "DATA", "QUIT"));
  script.certificate_is_good = false;
  EXPECT_EQ(run(script, message_to({"r@t.test"}), settings).outcomes, "deferred");
  script.handshake_fails = true;
  EXPECT_THAT(run(script, message_to({"r@t.test"}), settings).server.commands, testing::IsEmpty());
}

TEST(Dialogue, RequireTlsNeedsProtectionAndTheKeyword) {
  Message message = message_to({"r@t.test"});
  message.require_tls = true;
  Script script = offering({"STARTTLS"});
  EXPECT_THAT(run(script, message).each[0].reply, HasSubstr("5.7.30"));
  script.keywords_in_tls = {"REQUIRETLS"};
  EXPECT_THAT(run(script, message).server.commands, Contains("MAIL FROM:<a@s.test> REQUIRETLS"));
  script.certificate_is_good = false;
  EXPECT_THAT(run(script, message).each[0].reply, HasSubstr("5.7.10"));
}

class DialogueAuth : public testing::Test {
 protected:
  DialogueAuth() { settings_.credentials = Credentials{"user", "secret", true}; }
  Ran run_with(std::vector<std::string> answers) {
    return run(answering({{"AUTH", std::move(answers)}}, {"AUTH LOGIN PLAIN"}), message_to({"r@t.test"}),
               settings_);
  }

  Settings settings_ = by_data();
  const std::string response_ = smtp::encode_base64(std::string("\0user\0secret", 12));
};

TEST_F(DialogueAuth, PlainWithInitialResponse) {
  const Ran ran = run_with({"235 hello"});
  EXPECT_THAT(ran.server.commands, Contains("AUTH PLAIN " + response_));
  EXPECT_EQ(ran.outcomes, "delivered");
}

TEST_F(DialogueAuth, RefusedCredentialsDefer) {
  EXPECT_EQ(run_with({"535 no"}).outcomes, "deferred");
  EXPECT_EQ(run_with({"454 later"}).outcomes, "deferred");
}

TEST_F(DialogueAuth, AChallengeAfterTheResponseIsCancelled) {
  EXPECT_THAT(run_with({"334 "}).server.commands, Contains("*"));
  EXPECT_THAT(run_with({"334 %%%"}).server.commands, Contains("*"));
}

TEST_F(DialogueAuth, EndlessChallengesEnd) {
  Script script = answering({{"AUTH", {"334 "}}, {"*", {"334 "}}}, {"AUTH PLAIN"});
  const Ran ran = run(script, message_to({"r@t.test"}), settings_);
  EXPECT_EQ(ran.outcomes, "deferred");
  EXPECT_THAT(ran.server.commands, SizeIs(4));
}

TEST_F(DialogueAuth, ALongResponseWaitsForTheChallenge) {
  settings_.credentials->password.assign(500, 'x');
  const Ran ran = run_with({"334 "});
  EXPECT_THAT(ran.server.commands, Contains("AUTH PLAIN"));
  EXPECT_THAT(ran.server.commands, Contains(testing::SizeIs(testing::Gt(500U))));
}

TEST_F(DialogueAuth, NoPasswordInTheClearOrUnoffered) {
  settings_.credentials->in_clear = false;
  EXPECT_THAT(run_with({"235 hello"}).server.commands, Each(Not(HasSubstr("AUTH"))));
  settings_.credentials->in_clear = true;
  const Ran ran = run(offering({"AUTH LOGIN"}), message_to({"r@t.test"}), settings_);
  EXPECT_THAT(ran.server.commands, Each(Not(HasSubstr("AUTH"))));
}

TEST(Content, StrayLineEndsBecomeCrlf) {
  EXPECT_EQ(with_crlf_alone("a\nb\rc\r\nd\n\r\r\n"), "a\r\nb\r\nc\r\nd\r\n\r\n\r\n");
}

}  // namespace
}  // namespace smtpspec::sender
