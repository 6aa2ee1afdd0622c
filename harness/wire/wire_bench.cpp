// SPDX-License-Identifier: Apache-2.0
// Measures what this layer alone costs: bare client coroutines that send EHLO, MAIL, RCPT, DATA, 1 KiB, QUIT,
// each on a connection of its own, to an SMTP sink that is already running.
//
//   wire_bench HOST PORT SESSIONS_AT_ONCE SESSIONS_IN_ALL      sessions per second
//   wire_bench HOST PORT --hold SESSIONS                       holds them open at once, memory of this
//   process

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <vector>

#include <fmt/format.h>

#include "wire/connection.hpp"
#include "wire/event_loop.hpp"

namespace smtpspec::wire {
namespace {

constexpr std::chrono::seconds patience{10};

/// Reads to the end of one reply: a line whose fourth byte is no hyphen.
Task<void> expect_reply(Connection& connection) {
  std::string text;
  for (;;) {
    ReadOutcome outcome = co_await connection.read_some(deadline_after(patience));
    auto* received = std::get_if<Received>(&outcome);
    if (received == nullptr) throw std::runtime_error(describe(outcome));
    text += received->bytes;
    if (text.size() < 4 || text.back() != '\n') continue;
    const std::size_t last = text.rfind('\n', text.size() - 2);
    const std::size_t begin = last == std::string::npos ? 0 : last + 1;
    if (text[begin + 3] != '-') co_return;
  }
}

Task<void> command(Connection& connection, const std::string& bytes) {
  WriteOutcome outcome = co_await connection.write(bytes, deadline_after(patience));
  if (!std::holds_alternative<Written>(outcome)) throw std::runtime_error(describe(outcome));
  co_await expect_reply(connection);
}

Task<Connection> open_session(EventLoop& loop, Endpoint endpoint) {
  const ConnectOptions options;
  ConnectOutcome outcome = co_await connect(loop, endpoint, options, deadline_after(patience));
  if (!std::holds_alternative<Connection>(outcome)) throw std::runtime_error(describe(outcome));
  co_return std::get<Connection>(std::move(outcome));
}

struct Dialogue {
  std::vector<std::string> commands;
};

Dialogue one_message() {
  std::string content = "Subject: benchmark\r\n\r\n";
  while (content.size() < 1024)
    content += "The quick brown fox jumps over the lazy dog, again and again.\r\n";
  return {{"EHLO client.example.test\r\n", "MAIL FROM:<sender@example.test>\r\n",
           "RCPT TO:<recipient@example.test>\r\n", "DATA\r\n", content + ".\r\n", "QUIT\r\n"}};
}

/// One of those who run at once: session after session, until all are done.
Task<void> run_sessions(EventLoop& loop, const Endpoint& endpoint, const Dialogue& dialogue, long& left) {
  while (left > 0) {
    --left;
    Connection connection = co_await open_session(loop, endpoint);
    co_await expect_reply(connection);
    for (const std::string& bytes : dialogue.commands) co_await command(connection, bytes);
  }
}

Task<void> run_all(EventLoop& loop, const Endpoint& endpoint, const Dialogue& dialogue, int at_once,
                   long total) {
  int running = at_once;
  std::exception_ptr problem;
  Event all_done(loop);
  for (int i = 0; i < at_once; ++i) {
    loop.spawn(run_sessions(loop, endpoint, dialogue, total), [&](std::exception_ptr thrown) {
      if (thrown) problem = thrown;
      if (--running == 0) all_done.set();
    });
  }
  co_await all_done.wait(no_deadline);
  if (problem) std::rethrow_exception(problem);
}

Task<void> hold_all(EventLoop& loop, const Endpoint& endpoint, int count) {
  std::vector<Connection> held;
  for (int i = 0; i < count; ++i) {
    held.push_back(co_await open_session(loop, endpoint));
    co_await expect_reply(held.back());
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{} sessions held open, {} MiB at most\n", held.size(), usage.ru_maxrss / 1024);
}

int measure(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr,
               "usage: wire_bench HOST PORT SESSIONS_AT_ONCE SESSIONS_IN_ALL | HOST PORT --hold SESSIONS\n");
    return 2;
  }
  raise_open_file_limit();
  EventLoop loop;
  const Endpoint endpoint = TcpEndpoint(argv[1], static_cast<std::uint16_t>(std::atoi(argv[2])));
  const int last = std::atoi(argv[4]);
  if (std::strcmp(argv[3], "--hold") == 0) {
    loop.run(hold_all(loop, endpoint, last));
    return 0;
  }
  const int at_once = std::atoi(argv[3]);
  const Dialogue dialogue = one_message();
  const auto begin = std::chrono::steady_clock::now();
  loop.run(run_all(loop, endpoint, dialogue, at_once, last));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fmt::print("{} at once: {:.0f} sessions/s\n", at_once, last / took.count());
  return 0;
}

}  // namespace
}  // namespace smtpspec::wire

int main(int argc, char** argv) {
  try {
    return smtpspec::wire::measure(argc, argv);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "wire_bench: {}\n", problem.what());
    return 1;
  }
}
