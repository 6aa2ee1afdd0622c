// SPDX-License-Identifier: Apache-2.0
// A target that is a client: a command that is run for each message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/played_case_test.hpp"

namespace smtpspec::engine {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds patience{5};

/// Connects to the next hop, says these lines without listening, and ends with this outcome.
wire::Task<Submitted> say(wire::EventLoop& loop, wire::Endpoint at, std::string octets, Submitted outcome) {
  auto connected = co_await wire::connect(loop, at, {}, wire::deadline_after(patience));
  auto& connection = std::get<wire::Connection>(connected);
  co_await connection.write(octets, wire::deadline_after(patience));
  connection.half_close();
  co_await connection.linger_and_close(wire::deadline_after(patience));
  co_return outcome;
}

/// Says QUIT and does not wait for the reply: ends its own direction and still reads, or closes altogether.
wire::Task<Submitted> quit(wire::EventLoop& loop, wire::Endpoint at, bool still_reads) {
  auto connected = co_await wire::connect(loop, at, {}, wire::deadline_after(patience));
  auto& connection = std::get<wire::Connection>(connected);
  co_await connection.read_some(wire::deadline_after(patience));
  co_await connection.write("QUIT\r\n", wire::deadline_after(patience));
  if (still_reads) {
    connection.half_close();
    co_await connection.linger_and_close(wire::deadline_after(patience));
  } else {
    connection.close();
  }
  co_return Submitted{};
}

wire::Task<Submitted> at_once(Submitted outcome) {
  co_return outcome;
}

std::string transaction(const Submission& submission) {
  return "EHLO a.test\r\nMAIL FROM:<" + submission.sender + ">\r\nRCPT TO:<" + submission.recipients.at(0) +
         ">\r\nDATA\r\n" + submission.content + ".\r\nQUIT\r\n";
}

class ClientCaseTest : public PlayedCaseTest {
 protected:
  ClientCaseTest() {
    target.kind = target::Target::Kind::client;
    target.domain = "client.test";
    target.relay_domain = "relay.test";
  }

  /// The first message is refused, all others (the fence among them) are sent.
  void refuse_the_first(bool after_connecting) {
    context.hands.submit = [this, after_connecting](Submission submission, wire::Endpoint at) {
      const Submitted refused{Submitted::Kind::refused, "the command says no"};
      if (++submissions > 1) return say(loop, std::move(at), transaction(submission), {});
      return after_connecting ? say(loop, std::move(at), "EHLO a.test\r\nQUIT\r\n", refused)
                              : at_once(refused);
    };
  }

  int submissions = 0;
};

const char* sent_once = R"(
role = "server"
steps = [ { submit = ["Subject: {token}", "", "text"] } ]
delivered = { to = "relay", count = 1 }
)";

TEST_F(ClientCaseTest, WhatItRefusesBeforeItConnectsIsNotHeldAgainstIt) {
  refuse_the_first(false);
  const auto result = play(sent_once);
  EXPECT_EQ(result.verdict, Verdict::unsupported) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("the command says no"));
  EXPECT_EQ(submissions, 1);
}

TEST_F(ClientCaseTest, WhatItGivesUpOnTheWireIsHeldAgainstIt) {
  be_impatient();
  refuse_the_first(true);
  const auto result = play(sent_once);
  EXPECT_EQ(result.verdict, Verdict::fail) << result.reason;
  ASSERT_FALSE(result.sessions.empty());
  EXPECT_EQ(result.sessions.front().name, "hop");
}

TEST_F(ClientCaseTest, WhoStillReadsBehindItsEndIsToldFromWhoIsGone) {
  for (const bool still_reads : {false, true}) {
    context.hands.submit = [this, still_reads](const Submission&, wire::Endpoint at) {
      return quit(loop, std::move(at), still_reads);
    };
    const auto result = play(R"(
role = "server"
steps = [
  { submit = ["Subject: {token}", "", "text"] },
  { accept = "QUIT" },
  { one_of = [ { closed = true, outcome = "ended", then = [
      { reply_raw = '221 bye\r\n', split = [4], gap = "100ms" },
      { one_of = [ { gone = true, outcome = "gone", verdict = "warn" }, { gone = false, outcome = "reads" } ] },
  ] } ] },
]
)");
    EXPECT_EQ(result.verdict, still_reads ? Verdict::pass : Verdict::warn) << result.reason;
    EXPECT_EQ(result.outcome, still_reads ? "reads" : "gone");
  }
}

TEST_F(ClientCaseTest, WhatFollowsEhloIsNotAskedOfOneThatSaysHelo) {
  for (const bool says_ehlo : {false, true}) {
    context.hands.submit = [this, says_ehlo](const Submission&, wire::Endpoint at) {
      return say(loop, std::move(at), says_ehlo ? "EHLO a.test\r\n" : "HELO a.test\r\nQUIT\r\n", {});
    };
    const auto result = play(R"(
role = "server"
steps = [
  { submit = ["Subject: {token}", "", "text"] },
  { accept = "EHLO" },
]
)");
    EXPECT_EQ(result.verdict, says_ehlo ? Verdict::pass : Verdict::unsupported) << result.reason;
  }
}

}  // namespace
}  // namespace smtpspec::engine
