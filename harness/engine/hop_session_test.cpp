// SPDX-License-Identifier: Apache-2.0
#include "engine/hop_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/next_hop.hpp"

namespace smtpspec::engine {
namespace {

using scenario::Awaited;
using testing::HasSubstr;

constexpr std::chrono::seconds patience{5};

Awaited verb(std::string name) {
  return {Awaited::Kind::verb, std::move(name)};
}
const Awaited content{Awaited::Kind::content, {}};
const Awaited connection{Awaited::Kind::connection, {}};

/// A next hop and a client of it, on one loop; the client says what it is told and nothing else.
struct Pair {
  explicit Pair(const std::vector<std::string>& offers = scenario::usual_offers,
                const std::optional<target::Credentials>& credentials = {})
      : hop(loop, {credentials, {}}) {
    EXPECT_EQ(hop.listen(wire::TcpEndpoint{"127.0.0.1", 0}), "");
    loop.run(hop.hold_connections(offers));
    auto outcome = loop.run(wire::connect(loop, hop.endpoint(), {}, wire::deadline_after(patience)));
    client.emplace(std::get<wire::Connection>(std::move(outcome)));
    session = loop.run(hop.accept(false, wire::deadline_after(patience)));
  }

  void say(const std::string& octets) { loop.run(client->write(octets, wire::deadline_after(patience))); }

  Event serve(Awaited until, std::chrono::seconds within = patience) {
    return loop.run(session->serve(std::move(until), wire::deadline_after(within)));
  }

  void respond(std::string octets) {
    std::vector<std::string> parts{std::move(octets)};
    loop.run(
        session->respond(std::move(parts), std::chrono::milliseconds(1), wire::deadline_after(patience)));
  }

  /// What the client has been told up to now: it waits until this has come.
  std::string hear_until(const std::string& end) {
    while (heard.find(end) == std::string::npos) {
      auto outcome = loop.run(client->read_some(wire::deadline_after(patience)));
      const auto* received = std::get_if<wire::Received>(&outcome);
      if (!received) break;
      heard += received->bytes;
    }
    return heard;
  }

  wire::EventLoop loop;
  NextHop hop;
  std::optional<wire::Connection> client;
  std::shared_ptr<HopSession> session;
  std::string heard;
};

TEST(HopSession, SaysNothingBeforeItIsToldTo) {
  Pair pair;
  pair.serve(connection);
  const auto early =
      pair.loop.run(pair.client->read_some(wire::deadline_after(std::chrono::milliseconds(50))));
  EXPECT_TRUE(std::holds_alternative<wire::TimedOut>(early));
  pair.respond("220-one\r\n220 two\r\n");
  EXPECT_EQ(pair.hear_until("two\r\n"), "220-one\r\n220 two\r\n");
}

TEST(HopSession, StopsAtACommandAndHasItAnsweredRightly) {
  Pair pair;
  pair.say("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\n");
  const Event mail = pair.serve(verb("MAIL"));
  ASSERT_EQ(mail.kind, Event::Kind::command);
  EXPECT_EQ(mail.heard->wire, "MAIL FROM:<a@a.test>\r\n");
  EXPECT_THAT(pair.hear_until("SMTPUTF8"), testing::Not(HasSubstr("250 2.1.0")));
  pair.say("RCPT TO:<b@relay.test>\r\n");
  pair.serve(verb("RCPT"));
  EXPECT_THAT(pair.hear_until("2.1.0"), HasSubstr("250 2.1.0"));
}

TEST(HopSession, ARefusalByTheScriptIsNoTransaction) {
  Pair pair;
  pair.say("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\n");
  pair.serve(verb("MAIL"));
  pair.respond("451 4.3.0 later\r\n");
  pair.say("RCPT TO:<b@relay.test>\r\nQUIT\r\n");
  pair.serve(verb("QUIT"));
  EXPECT_THAT(pair.hear_until("503"), HasSubstr("451 4.3.0 later\r\n503"));
}

TEST(HopSession, KeepsContentAsItCameAndUnstuffed) {
  Pair pair;
  pair.say("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<user+t1@relay.test>\r\nDATA\r\n");
  pair.say("\r\n..dot\nlone\r\n.\r\nQUIT\r\n");
  const Event message = pair.serve(content);
  ASSERT_EQ(message.kind, Event::Kind::content);
  EXPECT_EQ(message.heard->wire, "\r\n..dot\nlone\r\n.\r\n");
  EXPECT_EQ(message.heard->content, "\r\n.dot\nlone\r\n");
  EXPECT_EQ(pair.hop.mail().count_for("t1"), 0u);
  pair.serve(verb("QUIT"));
  EXPECT_EQ(pair.hop.mail().count_for("t1"), 1u);
}

// A client that has no server of its own sends the report about a refused message to us too.
TEST(NextHop, MailForAnotherDomainIsTakenAndNotFound) {
  wire::EventLoop loop;
  NextHop hop(loop, {{}, "relay.test"});
  ASSERT_EQ(hop.listen(wire::TcpEndpoint{"127.0.0.1", 0}), "");
  hop.serve_by_itself();
  auto outcome = loop.run(wire::connect(loop, hop.endpoint(), {}, wire::deadline_after(patience)));
  auto& client = std::get<wire::Connection>(outcome);
  const std::string said =
      "EHLO a.test\r\nMAIL FROM:<>\r\nRCPT TO:<user+t1@example.test>\r\nDATA\r\n\r\nreport\r\n.\r\n"
      "MAIL FROM:<a@a.test>\r\nRCPT TO:<user+t1@Relay.Test>\r\nDATA\r\n\r\nmail\r\n.\r\nQUIT\r\n";
  loop.run(client.write(said, wire::deadline_after(patience)));
  loop.run(hop.wait_until_quiet(std::chrono::milliseconds(1), wire::deadline_after(patience)));
  EXPECT_EQ(hop.mail().count_for("t1"), 1u);
  const auto found = hop.mail().messages_for("t1");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found.front().bytes, HasSubstr("mail"));
}

TEST(HopSession, ContentThatTheScriptRefusesIsNotKept) {
  Pair pair;
  pair.say("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<user+t2@relay.test>\r\nDATA\r\n\r\nx\r\n.\r\n");
  pair.serve(content);
  pair.respond("452 4.3.1 full\r\n");
  pair.say("QUIT\r\n");
  pair.serve(verb("QUIT"));
  EXPECT_THAT(pair.hear_until("452"), HasSubstr("452 4.3.1 full"));
  EXPECT_EQ(pair.hop.mail().count_for("t2"), 0u);
}

TEST(HopSession, WhatWaitsWhenTheScriptClosesIsNotDone) {
  Pair pair;
  pair.say("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<user+t4@relay.test>\r\nDATA\r\n\r\nx\r\n.\r\n");
  pair.serve(content);
  pair.session->connection().close();
  pair.session->note_closed_by_us();
  EXPECT_TRUE(pair.session->is_over());
  EXPECT_EQ(pair.serve(verb("QUIT")).kind, Event::Kind::closed);
  EXPECT_EQ(pair.hop.mail().count_for("t4"), 0u);
}

TEST(HopSession, LooksAtWhatComesWhileSomethingWaits) {
  Pair pair;
  pair.say("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<b@relay.test>\r\n");
  pair.serve(verb("MAIL"));
  const Event ahead = pair.loop.run(pair.session->look_ahead(wire::deadline_after(patience)));
  ASSERT_EQ(ahead.kind, Event::Kind::command);
  EXPECT_EQ(ahead.heard->line.text, "RCPT TO:<b@relay.test>");
  EXPECT_EQ(pair.serve(verb("RCPT")).heard->line.text, "RCPT TO:<b@relay.test>");
}

TEST(HopSession, WhatComesBeforeTheGreetingIsSeenAndAnsweredBehindIt) {
  Pair pair;
  pair.serve(connection);
  const Event nothing =
      pair.loop.run(pair.session->look_ahead(wire::deadline_after(std::chrono::milliseconds(20))));
  EXPECT_EQ(nothing.kind, Event::Kind::silence);
  pair.say("EHLO a.test\r\n");
  const Event early = pair.loop.run(pair.session->look_ahead(wire::deadline_after(patience)));
  ASSERT_EQ(early.kind, Event::Kind::command);
  EXPECT_EQ(early.heard->line.text, "EHLO a.test");
  pair.say("MAIL FROM:<a@a.test>\r\n");
  EXPECT_EQ(pair.serve(verb("MAIL")).kind, Event::Kind::command);
  EXPECT_THAT(pair.hear_until("SMTPUTF8"), testing::MatchesRegex("220 [^\n]*\n250-(.|\n)*"));
}

TEST(HopSession, ALoneDotForNobodyIsACommand) {
  Pair pair;
  pair.say("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<b@relay.test>\r\nDATA\r\n");
  pair.serve(verb("RCPT"));
  pair.respond("550 5.1.1 no\r\n");
  pair.serve(verb("DATA"));
  pair.respond("354 go ahead\r\n");
  pair.say(".\r\n");
  EXPECT_EQ(pair.serve({Awaited::Kind::any_command, {}}).heard->line.text, ".");
  pair.respond("250 2.0.0 for nobody\r\n");
  pair.say("QUIT\r\n");
  pair.serve(verb("QUIT"));
  EXPECT_THAT(pair.hear_until("nobody"), HasSubstr("354 go ahead\r\n250 2.0.0 for nobody\r\n"));
}

TEST(HopSession, TheEndOfTheStreamIsAnAnswer) {
  Pair pair;
  pair.client->close();
  EXPECT_EQ(pair.serve(verb("EHLO")).kind, Event::Kind::closed);
}

TEST(HopSession, ClosesAtOnceWhenTheClientHasEnded) {
  Pair pair;
  pair.say("EHLO a.test\r\n");
  pair.client->half_close();
  EXPECT_EQ(pair.serve(verb("MAIL")).kind, Event::Kind::closed);
  pair.hear_until("SMTPUTF8\r\n");
  pair.hear_until("never said");
  EXPECT_TRUE(std::holds_alternative<wire::PeerClosed>(
      pair.loop.run(pair.client->read_some(wire::deadline_after(patience)))));
}

TEST(HopSession, TakesWhateverIsSaidForAName) {
  for (const char* hello :
       {"EHLO\r\n", "EHLO a_b..c\r\n", "HELO [300.1]\r\n", "EHLO caf\xc3\xa9\r\n", "EHLO a\rb\r\n"}) {
    Pair pair;
    pair.say(hello);
    pair.say("QUIT\r\n");
    pair.serve(verb("QUIT"));
    EXPECT_THAT(pair.hear_until("\n250"), HasSubstr("\n250")) << hello;
  }
}

TEST(HopSession, AClientThatNeverStopsTalkingIsNotWaitedForLonger) {
  Pair pair;
  pair.loop.spawn([](wire::Connection& client) -> wire::Task<void> {
    const std::string noops = "NOOP\r\nNOOP\r\n";
    for (;;) {
      const auto outcome = co_await client.write(noops, wire::deadline_after(patience));
      const auto replies = co_await client.read_some(wire::deadline_after(patience));
      if (!std::holds_alternative<wire::Received>(replies)) co_return;
    }
  }(*pair.client));
  const Event event =
      pair.loop.run(pair.session->serve(verb("MAIL"), wire::deadline_after(std::chrono::milliseconds(100))));
  EXPECT_EQ(event.kind, Event::Kind::silence);
  EXPECT_THAT(event.detail, HasSubstr("octets came all the time"));
}

TEST(HopSession, AMessageWithoutEndIsReadUpToABound) {
  Pair pair;
  pair.say("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<user+t5@relay.test>\r\nDATA\r\n");
  pair.loop.spawn([](wire::Connection& client) -> wire::Task<void> {
    const std::string line(64 * 1024, 'x');
    for (;;) {
      const auto outcome = co_await client.write(line, wire::deadline_after(patience));
      if (!std::holds_alternative<wire::Written>(outcome)) co_return;
    }
  }(*pair.client));
  const Event event = pair.serve(content, std::chrono::seconds(60));
  EXPECT_EQ(event.kind, Event::Kind::closed);
  EXPECT_THAT(event.detail, HasSubstr("no more than 71303168 octets of a message are read"));
  EXPECT_EQ(pair.hop.mail().count_for("t5"), 0u);
}

TEST(NextHop, LeftAloneItTakesWhatWaits) {
  Pair pair;
  pair.hop.go_on_with(pair.session);
  pair.say("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<user+t3@relay.test>\r\nDATA\r\n");
  pair.say("Subject: x\r\n\r\nx\r\n.\r\nQUIT\r\n");
  pair.hear_until("221");
  const auto messages = pair.hop.mail().messages_for("t3");
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].bytes, "Subject: x\r\n\r\nx\r\n");
  EXPECT_EQ(messages[0].reverse_path, "a@a.test");
  EXPECT_EQ(pair.hop.sessions_about("t3").size(), 1u);
}

TEST(HopSession, KnowsTheCredentialsOfItsTarget) {
  Pair pair({"AUTH"}, target::Credentials{"alice", "not a secret"});
  pair.say("EHLO a.test\r\nAUTH PLAIN AHVzZXIAdGVzdHBhc3M=\r\nAUTH PLAIN AGFsaWNlAG5vdCBhIHNlY3JldA==\r\n");
  pair.serve(verb("MAIL"), std::chrono::seconds(1));
  EXPECT_THAT(pair.hear_until("\r\n235 "), HasSubstr("\r\n535 "));
}

}  // namespace
}  // namespace smtpspec::engine
