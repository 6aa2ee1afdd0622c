// SPDX-License-Identifier: Apache-2.0
#include "engine/session.hpp"

#include <gtest/gtest.h>

#include "engine/matching.hpp"
#include "engine/scripted_server_test.hpp"

namespace smtpspec::engine {
namespace {

using Kind = Event::Kind;
using Events = std::vector<Event>;

wire::Deadline soon() {
  return wire::deadline_after(std::chrono::seconds(10));
}

/// A session with the scripted server that sends these lines without waiting for an answer, and reads to the
/// end.
wire::Task<void> talk(wire::EventLoop& loop, wire::Endpoint address, std::string lines,
                      std::optional<Session>& session, Events& events) {
  wire::ConnectOutcome outcome = co_await wire::connect(loop, address, wire::ConnectOptions(), soon());
  session.emplace(std::get<wire::Connection>(std::move(outcome)));
  if (!lines.empty()) co_await session->send(lines, soon());
  for (;;) {
    events.push_back(co_await session->next_event(soon()));
    if (events.back().kind != Kind::reply) co_return;
  }
}

class SessionTest : public testing::Test {
 protected:
  Events talk_to_end(const std::string& lines) {
    Events events;
    const auto address = *target::parse_endpoint(server.address());
    loop.run(talk(loop, address, lines, session, events));
    return events;
  }

  wire::EventLoop loop;
  ScriptedServer server{loop};
  std::optional<Session> session;
};

TEST_F(SessionTest, RepliesOfACommandEach) {
  const auto events = talk_to_end("EHLO me\r\nNOOP\r\nQUIT\r\n");
  EXPECT_EQ(describe(events), "220, 250, 250, 221, then the stream ended: peer closed (FIN)");
  EXPECT_EQ(events[1].reply.lines.size(), 3u);
  EXPECT_TRUE(session->peer_closed());
}

TEST_F(SessionTest, RepliesSplitAtEveryOctetAreTheSame) {
  server.one_octet_at_a_time = true;
  const auto events = talk_to_end("EHLO me\r\nQUIT\r\n");
  EXPECT_EQ(describe(events), "220, 250, 221, then the stream ended: peer closed (FIN)");
  EXPECT_EQ(events[1].reply.raw(), "250-mx.example.test\r\n250-SIZE 1000\r\n250 PIPELINING\r\n");
}

TEST_F(SessionTest, SeveralRepliesInOnePiece) {
  server.answer("NOOP", {{"250 one\r\n251 two\r\n252 three\r\n", Answer::Then::close}});
  EXPECT_EQ(describe(talk_to_end("NOOP\r\n")),
            "220, 250, 251, 252, then the stream ended: peer closed (FIN)");
}

TEST_F(SessionTest, AReplyThatIsCutOffComesBeforeTheEnd) {
  for (const char* part : {"2", "250", "250-a\r\n", "250-a\r\n250 b", "250 b"}) {
    server.answer("NOOP", {{part, Answer::Then::close}});
    const auto events = talk_to_end("NOOP\r\n");
    ASSERT_EQ(events.size(), 3u) << part;
    EXPECT_EQ(events[1].reply.raw(), part);
    EXPECT_FALSE(events[1].reply.usable()) << part;
    EXPECT_EQ(events[2].kind, Kind::closed);
  }
}

TEST_F(SessionTest, ATlsAlertAfterStarttlsIsNoReply) {
  const std::string alert("\x15\x03\x03\0\x02\x02\n", 7);
  server.answer("STARTTLS", {{"220 go\r\n" + alert}, {alert, Answer::Then::close}});
  EXPECT_EQ(describe(talk_to_end("STARTTLS\r\nNOOP\r\nSTARTTLS\r\n")),
            "220, 220, 250, then the stream ended: peer closed (FIN)");
  server.answer("NOOP", {{alert, Answer::Then::close}});
  EXPECT_FALSE(talk_to_end("NOOP\r\n")[1].reply.usable());  // nobody spoke of TLS
}

wire::Task<void> read_once(Session& session, wire::Deadline deadline, Event& event) {
  event = co_await session.next_event(deadline);
}

TEST_F(SessionTest, SilenceLosesNoOctet) {
  server.answer("greeting", {"220-half a"});
  server.answer("NOOP", {{"nd a\r\n220 whole\r\n"}});
  const auto address = *target::parse_endpoint(server.address());
  Event event;
  std::optional<wire::ConnectOutcome> outcome;
  outcome.emplace(loop.run(wire::connect(loop, address, wire::ConnectOptions(), soon())));
  session.emplace(std::get<wire::Connection>(std::move(*outcome)));
  while (event.detail.empty())
    loop.run(read_once(*session, wire::deadline_after(std::chrono::milliseconds(50)), event));
  EXPECT_EQ(event.kind, Kind::silence);
  EXPECT_NE(event.detail.find("220-half a"), std::string::npos);
  loop.run(session->send("NOOP\r\n", soon()));
  loop.run(read_once(*session, soon(), event));
  EXPECT_EQ(event.reply.raw(), "220-half and a\r\n220 whole\r\n");
}

TEST_F(SessionTest, AnEventGivenBackComesAgain) {
  talk_to_end("QUIT\r\n");
  Event first, second;
  first.detail = "first";
  second.detail = "second";
  session->unread(second);
  session->unread(first);
  Event event;
  loop.run(read_once(*session, soon(), event));
  EXPECT_EQ(event.detail, "first");
  loop.run(read_once(*session, soon(), event));
  EXPECT_EQ(event.detail, "second");
  loop.run(read_once(*session, soon(), event));
  EXPECT_EQ(event.kind, Kind::closed);
}

TEST_F(SessionTest, KnowsWhatTheServerOffers) {
  talk_to_end("EHLO me\r\nQUIT\r\n");
  ASSERT_TRUE(session->capabilities.has_value());
  EXPECT_TRUE(session->capabilities->has("pipelining"));
}

TEST_F(SessionTest, HeloOffersNothing) {
  server.answer("HELO", {"250-mx\r\n250 SIZE\r\n"});
  talk_to_end("HELO me\r\nQUIT\r\n");
  EXPECT_FALSE(session->capabilities.has_value());
}

wire::Task<void> send_content(Session& session, std::vector<std::string> writes) {
  Event event = co_await session.next_event(soon());
  const std::string data = "DATA\r\n";
  co_await session.send(data, soon());
  event = co_await session.next_event(soon());
  for (const auto& bytes : writes) co_await session.send(bytes, soon());
}

TEST_F(SessionTest, KeepsTheContentUpToItsEnd) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"a\r\n.\r\nQUIT\r\n"}, "a\r\n"}, {{"a\r\n", ".\r", "\nQUIT\r\n"}, "a\r\n"},
      {{".\r\nQUIT\r\n"}, ""},           {{"a\n.\nb\r\n"}, "a\n.\nb\r\n"},
      {{"..\r\n.\r\n"}, "..\r\n"},
  };
  for (const auto& [writes, content] : cases) {
    const auto address = *target::parse_endpoint(server.address());
    std::optional<wire::ConnectOutcome> outcome;
    outcome.emplace(loop.run(wire::connect(loop, address, wire::ConnectOptions(), soon())));
    Session one(std::get<wire::Connection>(std::move(*outcome)));
    loop.run(send_content(one, writes));
    ASSERT_EQ(one.contents().size(), 1u);
    EXPECT_EQ(one.contents().front(), content);
    EXPECT_TRUE(one.expects_content());
  }
}

TEST_F(SessionTest, KeepsContentThatDidNotWaitForIts354) {
  const std::string one = "A: b\r\n\r\nearly\r\n.\r\n";
  talk_to_end("RCPT TO:<u+t@x.test>\r\ndata\r\n" + one + "DATA\r\nsecond\r\n.\r\nQUIT\r\n");
  EXPECT_EQ(session->contents(), (std::vector<std::string>{"A: b\r\n\r\nearly\r\n", "second\r\n"}));
}

}  // namespace
}  // namespace smtpspec::engine
