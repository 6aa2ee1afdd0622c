// SPDX-License-Identifier: Apache-2.0
#include "wire/connection.hpp"

#include <csignal>
#include <filesystem>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "wire/peer_reading.hpp"
#include "wire/socket_pair_test.hpp"

namespace smtpspec::wire {
namespace {

/// Every read of a server that pauses before each.
Task<void> read_late(EventLoop& loop, Connection& server, milliseconds pause,
                     std::vector<std::string>& reads) {
  for (;;) {
    co_await sleep_for(loop, pause);
    ReadOutcome outcome = co_await server.read_some(soon());
    auto* received = std::get_if<Received>(&outcome);
    if (received == nullptr) co_return;
    reads.push_back(received->bytes);
  }
}

class Connected : public SocketPairTest {
 protected:
  /// What a server that pauses before each read gets of segments that we write.
  std::vector<std::string> reads_of(const std::vector<std::string>& segments, milliseconds gap,
                                    milliseconds pause) {
    std::vector<std::string> reads;
    bool is_done = false;
    loop.spawn(read_late(loop, pair->server, pause, reads), [&](std::exception_ptr) { is_done = true; });
    EXPECT_EQ(describe(loop.run(pair->client.write_segments(segments, gap, soon()))), "written");
    EXPECT_EQ(describe(loop.run(pair->client.wait_until_sent(soon()))), "written");
    pair->client.half_close();
    run_until([&] { return is_done; });
    return reads;
  }
};

bool is_fin(const ReadOutcome& outcome) {
  const auto* closed = std::get_if<PeerClosed>(&outcome);
  return closed != nullptr && closed->how == PeerClosed::How::fin;
}

bool is_rst(const ReadOutcome& outcome) {
  const auto* closed = std::get_if<PeerClosed>(&outcome);
  return closed != nullptr && closed->how == PeerClosed::How::rst;
}

std::string path_of_new_socket(const char* name) {
  return std::filesystem::temp_directory_path() / ("smtpspec-" + std::to_string(getpid()) + "-" + name);
}

TEST_F(Connected, BytesGoBothWays) {
  connect_over_tcp();
  EXPECT_EQ(write(pair->client, "EHLO a\r\n"), "written");
  EXPECT_EQ(read_text(pair->server), "EHLO a\r\n");
  EXPECT_EQ(write(pair->server, std::string_view("250 \0\xff\n\r", 8)), "written");
  EXPECT_EQ(read_text(pair->client), std::string("250 \0\xff\n\r", 8));
}

TEST_F(Connected, TimeoutLosesNoBytes) {
  connect_over_tcp();
  EXPECT_EQ(read_text(pair->client, deadline_after(milliseconds(20))), "<timed out>");
  write(pair->server, "220 late\r\n");
  EXPECT_EQ(read_text(pair->client), "220 late\r\n");
  EXPECT_EQ(read_text(pair->client, deadline_after(milliseconds(-1))), "<timed out>");
  write(pair->server, "250 later\r\n");
  EXPECT_EQ(read_text(pair->client), "250 later\r\n");
}

TEST_F(Connected, DeadlineInThePastStillGivesWhatIsHere) {
  connect_over_tcp();
  write(pair->server, "220 here\r\n");
  EXPECT_EQ(read_text(pair->client, deadline_after(seconds(-1))), "220 here\r\n");
}

TEST_F(Connected, DeadlineInThePastAfterAWriteStillGivesWhatIsHere) {
  connect_over_tcp();
  write(pair->server, "220 here\r\n");
  write(pair->client, "EHLO a\r\n");
  EXPECT_EQ(read_text(pair->client, deadline_after(seconds(-1))), "220 here\r\n");
}

TEST_F(Connected, FinIsToldAfterTheLastByteAndAgain) {
  connect_over_tcp();
  write(pair->server, "221 bye\r\n");
  pair->server.close();
  EXPECT_EQ(read_text(pair->client), "221 bye\r\n");
  EXPECT_TRUE(is_fin(read(pair->client)));
  EXPECT_TRUE(is_fin(read(pair->client)));
}

TEST_F(Connected, RstIsToldApartFromFin) {
  connect_over_tcp();
  pair->server.abort();
  EXPECT_TRUE(is_rst(read(pair->client)));
  EXPECT_TRUE(is_rst(read(pair->client)));
}

TEST_F(Connected, RstComesWhileAReaderWaits) {
  connect_over_tcp();
  loop.spawn([](EventLoop& l, Connection& server) -> Task<void> {
    co_await sleep_for(l, milliseconds(5));
    server.abort();
  }(loop, pair->server));
  EXPECT_TRUE(is_rst(read(pair->client)));
}

TEST_F(Connected, BytesBeforeRstAreStillRead) {
  connect_over_tcp();
  write(pair->server, "421 go away\r\n");
  pair->server.abort();
  EXPECT_EQ(read_text(pair->client), "421 go away\r\n");
  EXPECT_TRUE(is_rst(read(pair->client)));
}

TEST_F(Connected, FailedWriteLeavesTheInputReadable) {
  connect_over_tcp();
  write(pair->server, "421 closing\r\n");
  write(pair->client, "unread by the server\r\n");
  pair->server.close();  // with unread input: RST
  std::string last;
  while (last.empty() || last == "written") last = write(pair->client, "more\r\n");
  EXPECT_EQ(last, "peer closed (RST)");
  EXPECT_EQ(read_text(pair->client), "421 closing\r\n");
  EXPECT_TRUE(is_rst(read(pair->client)));
}

TEST_F(Connected, HalfCloseThenDrain) {
  connect_over_tcp();
  write(pair->client, "QUIT\r\n");
  pair->client.half_close();
  EXPECT_EQ(read_text(pair->server), "QUIT\r\n");
  EXPECT_TRUE(is_fin(read(pair->server)));
  write(pair->server, "221 bye\r\n");
  pair->server.close();
  EXPECT_EQ(read_text(pair->client), "221 bye\r\n");
  EXPECT_TRUE(is_fin(read(pair->client)));
  EXPECT_EQ(write(pair->client, "more"), "we had closed our side already");
}

TEST_F(Connected, LingeringCloseSendsFinThoughInputWasUnread) {
  connect_over_tcp();
  write(pair->client, "MAIL FROM:<>\r\nunread");
  write(pair->server, "421 bye\r\n");
  bool closed = false;
  loop.spawn([](Connection& server, bool& done) -> Task<void> {
    co_await server.linger_and_close(soon());
    done = true;
  }(pair->server, closed));
  EXPECT_EQ(read_text(pair->client), "421 bye\r\n");
  EXPECT_TRUE(is_fin(read(pair->client)));
  pair->client.close();
  run_until([&] { return closed; });
}

TEST_F(Connected, WaitThatAsioCancelsLosesNoBytes) {
  connect_over_tcp();
  loop.run([](EventLoop& l, Connection& client) -> Task<void> {
    using boost::asio::experimental::awaitable_operators::operator||;
    const auto first = co_await (client.read_some(soon()) || sleep_for(l, milliseconds(5)));
    EXPECT_TRUE(std::holds_alternative<std::monostate>(
        first));  // the sleep; the outcomes of the read stand beside it
  }(loop, pair->client));
  write(pair->server, "250 ok\r\n");
  EXPECT_EQ(read_text(pair->client), "250 ok\r\n");
}

TEST_F(Connected, ClosingOurselvesEndsAPendingRead) {
  connect_over_tcp();
  loop.spawn([](EventLoop& l, Connection& client) -> Task<void> {
    co_await sleep_for(l, milliseconds(5));
    client.close();
  }(loop, pair->client));
  EXPECT_EQ(read_text(pair->client), "<the connection was closed by us>");
  EXPECT_EQ(write(pair->client, "x"), "the connection was closed by us");
  EXPECT_FALSE(pair->client.is_open());
}

TEST_F(Connected, SegmentsArriveAsSeparateReads) {
  connect_over_tcp();
  const std::vector<std::string> segments = {"MA", "IL FROM:<a@b>\r", "\n", ".", "\r\nQUIT\r\n"};
  EXPECT_EQ(reads_of(segments, Connection::default_gap, milliseconds(0)), segments);
}

TEST_F(Connected, SegmentsArriveAsSeparateReadsOfOneWhoReadsLate) {
  const std::string path = path_of_new_socket("late");
  for (const Endpoint& endpoint : {Endpoint(TcpEndpoint{"127.0.0.1", 0}), Endpoint(UnixEndpoint{path})}) {
    connect_over(endpoint);
    if (peer_reading(pair->client.native_handle()) == PeerReading::unseen)
      GTEST_SKIP() << "this system doesn't tell what is unread at " << format(endpoint);
    const std::vector<std::string> segments = {"N", "OO", "P\r\n"};
    EXPECT_EQ(reads_of(segments, milliseconds(1), milliseconds(30)), segments) << format(endpoint);
  }
}

TEST_F(Connected, SegmentsGoOnToOneWhoReadsNothing) {
  connect_over_tcp();
  const auto begin = FairClock::now();
  const std::vector<std::string> segments(100, "x");
  EXPECT_EQ(describe(loop.run(pair->client.write_segments(segments, milliseconds(1), soon()))), "written");
  EXPECT_LT(FairClock::now() - begin, seconds(5)) << "he is waited for once";
  EXPECT_EQ(read_bytes(pair->server, segments.size()), std::string(segments.size(), 'x'));
}

TEST_F(Connected, TwoThatBothWriteFirstDontWaitForEachOther) {
  ConnectionSettings settings;
  settings.max_unread_bytes = 32 * 1024 * 1024;
  connect_over_tcp(settings);
  write_much_both_ways(16 * 1024 * 1024);
}

TEST_F(Connected, WriteToOneWhoDoesNotReadTimesOut) {
  connect_over_tcp();
  const std::string much(64 * 1024 * 1024, 'x');
  EXPECT_EQ(write(pair->client, much, deadline_after(milliseconds(50))), "timed out");
}

TEST_F(Connected, UnreadInputIsBounded) {
  ConnectionSettings settings;
  settings.max_unread_bytes = 100'000;
  connect_over_tcp(settings);
  const std::string much(64 * 1024 * 1024, 'x');
  EXPECT_EQ(write(pair->server, much, deadline_after(milliseconds(50))), "timed out");
  EXPECT_EQ(write(pair->client, much, deadline_after(milliseconds(50))), "timed out");
  EXPECT_LE(pair->client.unread_bytes(), settings.max_unread_bytes);
}

TEST_F(Connected, TranscriptOfAnEndlessPeerIsBounded) {
  connect_over_tcp();
  const std::string chunk(1024 * 1024, 'x');
  loop.spawn([](Connection& server, const std::string& bytes) -> Task<void> {
    for (;;) {
      const WriteOutcome outcome = co_await server.write(bytes, soon());
      if (!std::holds_alternative<Written>(outcome)) co_return;
    }
  }(pair->server, chunk));
  std::size_t total = 0;
  while (total < 16 * chunk.size()) total += read_text(pair->client).size();
  const base::Transcript transcript = pair->client.take_transcript();
  std::size_t kept = 0;
  for (const auto& event : transcript.events()) {
    if (event.kind == base::TranscriptEvent::Kind::received) kept += event.bytes.size();
  }
  EXPECT_EQ(kept, base::Transcript::max_bytes);
  EXPECT_EQ(kept + transcript.dropped_bytes(), total);
  pair.reset();
}

TEST_F(Connected, TranscriptHasEveryByteEitherWay) {
  connect_over_tcp();
  write(pair->client, "NOOP\r\n");
  read_text(pair->server);
  write(pair->server, "250 ok\r\n");
  read_text(pair->client);
  pair->server.close();
  read(pair->client);
  const base::Transcript transcript = pair->client.take_transcript();
  using Kind = base::TranscriptEvent::Kind;
  ASSERT_EQ(transcript.events().size(), 4u);
  EXPECT_EQ(transcript.events()[0].bytes, "connected to " + format(pair->client.peer()));
  EXPECT_EQ(transcript.events()[1].kind, Kind::sent);
  EXPECT_EQ(transcript.events()[1].bytes, "NOOP\r\n");
  EXPECT_EQ(transcript.events()[2].kind, Kind::received);
  EXPECT_EQ(transcript.events()[2].bytes, "250 ok\r\n");
  EXPECT_EQ(transcript.events()[3].kind, Kind::note);
  EXPECT_EQ(transcript.events()[3].bytes, "peer closed (FIN)");
  EXPECT_LE(transcript.events()[1].at, transcript.events()[2].at);
  EXPECT_TRUE(pair->client.transcript().events().empty());
}

TEST_F(Connected, TakeArrivedDoesNotWait) {
  connect_over_tcp();
  EXPECT_EQ(pair->client.take_arrived(), "");
  write(pair->server, "250 one\r\n250 two\r\n");
  EXPECT_EQ(pair->client.take_arrived(), "250 one\r\n250 two\r\n");
  pair->server.close();
  EXPECT_EQ(pair->client.take_arrived(), "");
  EXPECT_TRUE(is_fin(read(pair->client)));
}

TEST_F(Connected, OverIpv6) {
  ListenOutcome probe = listen(loop, TcpEndpoint{"::1", 0});
  if (!std::holds_alternative<Listener>(probe)) {
    GTEST_SKIP() << "this machine has no ::1: " << describe(std::get<Failed>(probe));
  }
  connect_over(TcpEndpoint{"::1", 0});
  write(pair->client, "EHLO [IPv6:::1]\r\n");
  EXPECT_EQ(read_text(pair->server), "EHLO [IPv6:::1]\r\n");
  EXPECT_EQ(std::get<TcpEndpoint>(pair->server.peer()).host, "::1");
  EXPECT_EQ(format(pair->client.peer()).substr(0, 6), "[::1]:");
}

TEST_F(Connected, OverAUnixSocket) {
  const std::string path = path_of_new_socket("pair");
  connect_over(UnixEndpoint{path});
  EXPECT_FALSE(std::filesystem::exists(path)) << "the listener removes its path";
  write(pair->client, "LHLO a\r\n");
  EXPECT_EQ(read_text(pair->server), "LHLO a\r\n");
  const std::vector<std::string> segments = {"25", "0 ok\r\n"};
  loop.spawn([](Connection& server, std::vector<std::string> parts) -> Task<void> {
    co_await server.write_segments(parts, milliseconds(1), soon());
    server.close();
  }(pair->server, segments));
  EXPECT_EQ(read_text(pair->client), "25");
  EXPECT_EQ(read_text(pair->client), "0 ok\r\n");
  EXPECT_TRUE(is_fin(read(pair->client)));
  EXPECT_EQ(format(pair->client.peer()), "unix:" + path);
}

TEST_F(Connected, FromAChosenSourceAddress) {
  ListenOutcome listening = listen(loop, TcpEndpoint{"127.0.0.1", 0});
  ConnectOptions options;
  options.source_address = "127.0.0.5";
  loop.run(connect_pair(loop, std::get<Listener>(listening), options, pair));
  ASSERT_TRUE(pair);
  EXPECT_EQ(std::get<TcpEndpoint>(pair->server.peer()).host, "127.0.0.5");
  EXPECT_EQ(std::get<TcpEndpoint>(pair->client.local()).host, "127.0.0.5");
}

struct ConnectCase {
  const char* name;
  Endpoint endpoint;
  const char* source;
  std::string expected_beginning;
};

class Connecting : public testing::TestWithParam<ConnectCase> {};

TEST_P(Connecting, TellsWhyNot) {
  EventLoop loop;
  ConnectOptions options;
  options.source_address = GetParam().source;
  const ConnectOutcome outcome = loop.run(connect(loop, GetParam().endpoint, options, soon()));
  EXPECT_EQ(describe(outcome).substr(0, GetParam().expected_beginning.size()), GetParam().expected_beginning);
}

INSTANTIATE_TEST_SUITE_P(
    Outcomes, Connecting,
    testing::Values(
        ConnectCase{"closed_port", TcpEndpoint{"127.0.0.1", 1}, "", "connection refused"},
        ConnectCase{"no_such_host", TcpEndpoint{"no-such-host.invalid", 25}, "",
                    "host name does not resolve"},
        ConnectCase{"empty_host", TcpEndpoint{"bad host name", 25}, "", "host name does not resolve"},
        ConnectCase{"no_such_path", UnixEndpoint{"/nonexistent/socket"}, "", "unreachable"},
        ConnectCase{"endless_path", UnixEndpoint{std::string(200, 'x')}, "", "host name does not resolve"},
        ConnectCase{"bad_source", TcpEndpoint{"127.0.0.1", 1}, "nonsense", "nonsense is no address"},
        ConnectCase{"foreign_source", TcpEndpoint{"127.0.0.1", 1}, "192.0.2.1", "can't come from 192.0.2.1"},
        ConnectCase{"other_family", TcpEndpoint{"::1", 1}, "127.0.0.5",
                    "unreachable: no address of the family"}),
    [](const auto& which) { return which.param.name; });

TEST(ConnectingByName, TriesEveryAddress) {
  EventLoop loop;
  ListenOutcome listening = listen(loop, TcpEndpoint{"127.0.0.1", 0});
  const std::uint16_t port = std::get<TcpEndpoint>(std::get<Listener>(listening).endpoint()).port;
  const ConnectOutcome outcome = loop.run(connect(loop, TcpEndpoint{"localhost", port}, {}, soon()));
  EXPECT_TRUE(std::holds_alternative<Connection>(outcome)) << describe(outcome);
}

TEST(Listening, AcceptTimesOut) {
  EventLoop loop;
  ListenOutcome listening = listen(loop, TcpEndpoint{"127.0.0.1", 0});
  const AcceptOutcome outcome =
      loop.run(std::get<Listener>(listening).accept(deadline_after(milliseconds(10))));
  EXPECT_EQ(describe(outcome), "timed out");
}

// Between the fork of a process and the begin of its program it has a copy of every socket.
TEST(Listening, ThePortIsFreeAgainWhoeverElseHasACopyOfTheSocket) {
  EventLoop loop;
  ListenOutcome first = listen(loop, TcpEndpoint{"127.0.0.1", 0});
  auto& listener = std::get<Listener>(first);
  const auto endpoint = listener.endpoint();
  const pid_t forked = fork();
  if (forked == 0) {
    for (;;) pause();
  }
  listener.close();
  const ListenOutcome second = listen(loop, endpoint);
  EXPECT_TRUE(std::holds_alternative<Listener>(second)) << describe(std::get<Failed>(second));
  kill(forked, SIGKILL);
  waitpid(forked, nullptr, 0);
}

TEST(Listening, CloseEndsAPendingAccept) {
  EventLoop loop;
  ListenOutcome listening = listen(loop, TcpEndpoint{"127.0.0.1", 0});
  auto& listener = std::get<Listener>(listening);
  loop.spawn([](EventLoop& l, Listener& which) -> Task<void> {
    co_await sleep_for(l, milliseconds(5));
    which.close();
  }(loop, listener));
  const AcceptOutcome outcome = loop.run(listener.accept(no_deadline));
  EXPECT_EQ(describe(outcome), "no longer listening");
}

TEST(Listening, TellsWhyNot) {
  EventLoop loop;
  const ListenOutcome nowhere = listen(loop, TcpEndpoint{"192.0.2.1", 0});
  ASSERT_TRUE(std::holds_alternative<Failed>(nowhere));
  EXPECT_EQ(std::get<Failed>(nowhere).reason.substr(0, 28), "can't listen at 192.0.2.1:0:");
  ListenOutcome first = listen(loop, TcpEndpoint{"127.0.0.1", 0});
  const ListenOutcome second = listen(loop, std::get<Listener>(first).endpoint());
  EXPECT_TRUE(std::holds_alternative<Failed>(second));
}

TEST(Loop, DestroysWhatStillWaits) {
  auto destroyed = std::make_shared<int>(0);
  struct Counter {
    std::shared_ptr<int> count;
    ~Counter() { ++*count; }
  };
  {
    EventLoop loop;
    ListenOutcome listening = listen(loop, TcpEndpoint{"127.0.0.1", 0});
    auto waits_for_bytes = [](EventLoop& l, Endpoint where, std::shared_ptr<int> count) -> Task<void> {
      Counter counter{std::move(count)};
      ConnectOutcome outcome = co_await connect(l, where, {}, soon());
      const ReadOutcome never = co_await std::get<Connection>(outcome).read_some(soon());
      ADD_FAILURE() << describe(never);
    };
    auto sleeps = [](EventLoop& l, std::shared_ptr<int> count) -> Task<void> {
      Counter counter{std::move(count)};
      co_await sleep_for(l, seconds(100));
    };
    auto waits_for_event = [](EventLoop& l, std::shared_ptr<int> count) -> Task<void> {
      Counter counter{std::move(count)};
      Event event(l);
      co_await event.wait(no_deadline);
    };
    const Endpoint where = std::get<Listener>(listening).endpoint();
    loop.spawn(waits_for_bytes(loop, where, destroyed));
    loop.spawn(sleeps(loop, destroyed));
    loop.spawn(waits_for_event(loop, destroyed));
    loop.run(sleep_for(loop, milliseconds(20)));
    EXPECT_EQ(*destroyed, 0);
  }
  EXPECT_EQ(*destroyed, 3);
}

TEST(Loop, EventWakesAllWhoWait) {
  EventLoop loop;
  Event event(loop);
  int woken = 0;
  auto waits = [](Event& what, int& count) -> Task<void> {
    if (co_await what.wait(soon())) ++count;
  };
  loop.spawn(waits(event, woken));
  loop.spawn(waits(event, woken));
  loop.run([](EventLoop& l, Event& what) -> Task<void> {
    co_await sleep_for(l, milliseconds(1));
    what.set();
    co_await sleep_for(l, milliseconds(1));
  }(loop, event));
  EXPECT_EQ(woken, 2);
  event.reset();
  EXPECT_FALSE(loop.run(event.wait(deadline_after(milliseconds(1)))));
}

TEST(Loop, GivesWhatACoroutineThrew) {
  EventLoop loop;
  auto throws = []() -> Task<int> {
    throw std::runtime_error("ours");
    co_return 1;
  };
  EXPECT_THROW(loop.run(throws()), std::runtime_error);
  loop.spawn([]() -> Task<void> {
    throw std::runtime_error("stray");
    co_return;
  }());
  EXPECT_THROW(loop.run(sleep_for(loop, seconds(10))), std::runtime_error);
}

TEST(Loop, SleepersWithManyDeadlinesWakeInOrder) {
  EventLoop loop;
  std::vector<int> order;
  auto sleeper = [](EventLoop& l, int number, std::vector<int>& woken) -> Task<void> {
    Event never(l);
    co_await never.wait(deadline_after(milliseconds(3 * number)));
    woken.push_back(number);
  };
  for (const int number : {3, 1, 2, 5, 4}) loop.spawn(sleeper(loop, number, order));
  const Deadline limit = soon();
  while (order.size() < 5 && FairClock::now() < limit) loop.run(sleep_for(loop, milliseconds(1)));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace smtpspec::wire
