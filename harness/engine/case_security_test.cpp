// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "engine/case_run.hpp"
#include "engine/next_hop.hpp"
#include "engine/played_case_test.hpp"

namespace smtpspec::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Then = Answer::Then;

using CaseSecurityTest = PlayedCaseTest;

// A target that takes no mail before AUTH.

class SubmissionCaseTest : public PlayedCaseTest {
 protected:
  SubmissionCaseTest() {
    target.credentials = {"alice", "secret", true};
    server.answer("EHLO", {"250-scripted\r\n250 AUTH PLAIN\r\n"});
    server.answer("AUTH", {"235 yes\r\n"});
  }
};

TEST_F(SubmissionCaseTest, TheHarnessAuthenticatesOnTheWay) {
  EXPECT_EQ(play("from = \"mail\"\nsteps = [ { send = 'RSET', expect = 250 } ]").verdict, Verdict::pass);
  EXPECT_EQ(play("steps = [ { send = 'NOOP', expect = 250 } ]").verdict, Verdict::pass);
  const std::string auth = "AUTH PLAIN AGFsaWNlAHNlY3JldA==";
  EXPECT_EQ(std::count(server.commands.begin(), server.commands.end(), auth), 2);
}

TEST_F(SubmissionCaseTest, ACaseThatIsAboutAuthDoesItByItself) {
  EXPECT_EQ(play("steps = [ { auth = 'PLAIN', expect = 235 } ]").verdict, Verdict::pass);
  EXPECT_EQ(std::count(server.commands.begin(), server.commands.end(), "AUTH PLAIN AGFsaWNlAHNlY3JldA=="), 1);
}

TEST_F(SubmissionCaseTest, WhatItClosesToStrangersIsUnsupportedWithProof) {
  server.answer("MAIL", {"530 5.7.0 who are you\r\n"});
  for (const char* from : {"greeting", "mail"}) {
    const auto result =
        play(std::string("from = '") + from + "'\nsteps = [ { send = 'MAIL FROM:<>', expect = 250 } ]");
    EXPECT_EQ(result.verdict, Verdict::unsupported);
    EXPECT_EQ(result.reason, "the target takes no mail before AUTH: 530 5.7.0 who are you\r\n");
    EXPECT_THAT(result.findings, IsEmpty());
  }
}

// RFC 4954 6: not to EHLO. Here it would answer a command that was injected before it.
TEST_F(SubmissionCaseTest, A530ToWhatNeedsNoAuthExcusesNothing) {
  server.answer("NOOP", {"530 5.7.0 who are you\r\n"});
  const auto result = play(
      "steps = [ { auth = 'PLAIN', expect = 235 }, { send = 'NOOP', expect = 250 } "
      "]");
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(result.findings.size(), 1u);
}

// A target that relays only after AUTH.

class RelayingCaseTest : public PlayedCaseTest {
 protected:
  RelayingCaseTest() {
    EXPECT_EQ(next_hop.listen(wire::TcpEndpoint{"127.0.0.1", 0}), "");
    context.next_hop = &next_hop;
    target.credentials = {"alice", "secret"};
    target.relay.on = target::EndpointKind::submission;
    target.relay.auth = true;
    target.endpoints[target::EndpointKind::submission] = server.address();
    server.answer("EHLO", {"250-scripted\r\n250 AUTH PLAIN\r\n"});
    server.answer("AUTH", {"235 yes\r\n"});
  }

  bool authenticates(const std::string& client) {
    server.commands.clear();
    const auto result =
        play("role = 'relay'\nclient = '" + client + "'\nsteps = [ { send = 'NOOP', expect = 250 } ]");
    EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
    EXPECT_TRUE(result.sessions.at(0).endpoint.starts_with(client == "trusted" ? "submission:" : "smtp:"));
    return std::count(server.commands.begin(), server.commands.end(), "AUTH PLAIN AGFsaWNlAHNlY3JldA==") == 1;
  }

  NextHop next_hop{loop};
};

TEST_F(RelayingCaseTest, WhoMayRelayAuthenticatesAndAStrangerDoesNot) {
  EXPECT_TRUE(authenticates("trusted"));
  EXPECT_FALSE(authenticates("stranger"));
}

TEST_F(RelayingCaseTest, WhereTheAddressIsEnoughNobodyDoes) {
  target.relay = {};
  server.commands.clear();
  EXPECT_EQ(play("role = 'relay'\nclient = 'trusted'\nsteps = [ { send = 'NOOP', expect = 250 } ]").verdict,
            Verdict::pass);
  EXPECT_THAT(server.commands, ElementsAre("EHLO client.example", "NOOP", "QUIT"));
}

// TLS and AUTH.

TEST_F(CaseSecurityTest, StarttlsForgetsWhatWasKnown) {
  server.answer("STARTTLS", {{"220 go\r\n", Then::start_tls}});
  const auto result = play(R"(
steps = [ { starttls = true }, { send = 'EHLO again', expect = 250 }, { send = 'NOOP', expect = 250 } ])");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  const auto& events = result.sessions.at(0).events;
  EXPECT_TRUE(std::any_of(events.begin(), events.end(), [](const auto& event) { return event.encrypted; }));
}

TEST_F(CaseSecurityTest, StarttlsThatIsRefusedFails) {
  server.answer("STARTTLS", {"502 never\r\n"});
  const auto result = play("steps = [ { starttls = true } ]");
  EXPECT_EQ(result.verdict, Verdict::fail);
}

// RFC 3207 4: 454, TLS is not to be had for the moment.
TEST_F(CaseSecurityTest, StarttlsThatIsPutOffAccusesNobody) {
  server.answer("STARTTLS", {"454 not now\r\n"});
  const auto result = play("steps = [ { starttls = true } ]");
  EXPECT_EQ(result.verdict, Verdict::blocked);
  EXPECT_THAT(result.reason, HasSubstr("454 not now"));
  EXPECT_TRUE(worth_another_try);
}

TEST_F(CaseSecurityTest, TheEndInPlaceOfAnAnswerToStarttlsMayBeDeath) {
  server.answer("STARTTLS", {{"", Then::close}});
  EXPECT_EQ(play("steps = [ { starttls = true } ]").verdict, Verdict::fail);
  EXPECT_TRUE(seems_dead);
}

TEST_F(CaseSecurityTest, AHandshakeThatIsBrokenOff) {
  server.answer("STARTTLS", {{"220 go\r\n", Then::close}});
  EXPECT_EQ(play("steps = [ { starttls = true, expect = { tls = false } } ]").verdict, Verdict::pass);
  EXPECT_TRUE(seems_dead);
  const auto result = play("steps = [ { starttls = true } ]");
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.findings.at(0).message, HasSubstr("handshake"));
}

TEST_F(CaseSecurityTest, APreludeInTls) {
  server.answer("STARTTLS", {{"220 go\r\n", Then::start_tls}});
  const auto result = play("tls = true\nsteps = [ { send = 'NOOP', expect = 250 } ]");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_THAT(server.commands,
              ElementsAre("EHLO client.example", "STARTTLS", "EHLO client.example", "NOOP", "QUIT"));
}

TEST_F(CaseSecurityTest, AuthPlain) {
  target.credentials = target::Credentials{"alice", "secret"};
  const auto result = play("steps = [ { auth = 'PLAIN', expect = 235 } ]");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_EQ(server.commands.at(1), "AUTH PLAIN AGFsaWNlAHNlY3JldA==");
}

TEST_F(CaseSecurityTest, AuthLoginInTurns) {
  target.credentials = target::Credentials{"alice", "secret"};
  server.answer("AUTH", {"334 VXNlcm5hbWU6\r\n"});
  server.answer("response", {"334 UGFzc3dvcmQ6\r\n", "235 welcome\r\n"});
  const auto result = play("steps = [ { auth = 'LOGIN', expect = 235 } ]");
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_THAT(server.commands,
              ElementsAre("EHLO client.example", "AUTH LOGIN", "YWxpY2U=", "c2VjcmV0", "QUIT"));
}

TEST_F(CaseSecurityTest, AuthThatIsNeverDoneEnds) {
  target.credentials = target::Credentials{"alice", "secret"};
  server.answer("AUTH", {"334 \r\n"});
  server.answer("response", {"334 \r\n"});
  const auto result = play("steps = [ { auth = 'PLAIN', expect = 235 } ]");
  EXPECT_EQ(result.verdict, Verdict::fail);
}

TEST_F(CaseSecurityTest, AMechanismThatNobodySpeaksIsOurError) {
  target.credentials = target::Credentials{"alice", "secret"};
  EXPECT_EQ(play("steps = [ { auth = 'X-UNHEARD-OF', expect = 235 } ]").verdict, Verdict::error);
}

}  // namespace
}  // namespace smtpspec::engine
