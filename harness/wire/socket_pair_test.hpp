// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "wire/connection.hpp"
#include "wire/listener.hpp"

namespace smtpspec::wire {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline Deadline soon() {
  return deadline_after(seconds(10));
}

/// Both ends of one connection over a real socket of this machine.
struct SocketPair {
  Connection client;
  Connection server;
};

inline Task<void> connect_pair(EventLoop& loop, Listener& listener, ConnectOptions options,
                               std::optional<SocketPair>& pair) {
  ConnectOutcome connected = co_await connect(loop, listener.endpoint(), options, soon());
  if (!std::holds_alternative<Connection>(connected)) {
    ADD_FAILURE() << describe(connected);
    co_return;
  }
  AcceptOutcome accepted = co_await listener.accept(soon());
  if (!std::holds_alternative<Connection>(accepted)) {
    ADD_FAILURE() << describe(accepted);
    co_return;
  }
  pair.emplace(
      SocketPair{std::get<Connection>(std::move(connected)), std::get<Connection>(std::move(accepted))});
}

/// A loop with one connection on it, over loopback.
class SocketPairTest : public testing::Test {
 protected:
  using Dialogue = std::function<Task<void>(SocketPair&)>;

  void connect_over(const Endpoint& endpoint, const ConnectionSettings& settings = {}) {
    ListenOptions listen_options;
    listen_options.settings = settings;
    ListenOutcome listening = listen(loop, endpoint, listen_options);
    ASSERT_TRUE(std::holds_alternative<Listener>(listening)) << describe(std::get<Failed>(listening));
    ConnectOptions options;
    options.settings = settings;
    loop.run(connect_pair(loop, std::get<Listener>(listening), options, pair));
    ASSERT_TRUE(pair.has_value());
  }
  void connect_over_tcp(const ConnectionSettings& settings = {}) {
    connect_over(TcpEndpoint{"127.0.0.1", 0}, settings);
  }

  ReadOutcome read(Connection& connection, Deadline deadline = soon()) {
    return loop.run(connection.read_some(deadline));
  }

  std::string read_text(Connection& connection, Deadline deadline = soon()) {
    ReadOutcome outcome = read(connection, deadline);
    if (auto* received = std::get_if<Received>(&outcome)) return received->bytes;
    return "<" + describe(outcome) + ">";
  }

  /// Reads until so many bytes are here.
  std::string read_bytes(Connection& connection, std::size_t size) {
    std::string all;
    while (all.size() < size) {
      ReadOutcome outcome = read(connection);
      auto* received = std::get_if<Received>(&outcome);
      if (received == nullptr) return all + "<" + describe(outcome) + ">";
      all += received->bytes;
    }
    return all;
  }

  std::string write(Connection& connection, std::string_view bytes, Deadline deadline = soon()) {
    return describe(loop.run(connection.write(bytes, deadline)));
  }

  /// Both sides write before they read: neither may wait for the other to read first.
  void write_much_both_ways(std::size_t size) {
    const std::string much(size, 'x');
    bool server_done = false;
    loop.spawn(write_then_read(pair->server, much), [&](std::exception_ptr) { server_done = true; });
    loop.run(write_then_read(pair->client, much));
    run_until([&] { return server_done; });
  }

  /// Runs the loop until something holds that other coroutines bring about.
  template <typename Holds>
  void run_until(Holds holds) {
    const Deadline limit = soon();
    while (!holds() && FairClock::now() < limit) {
      loop.run(sleep_for(loop, std::chrono::microseconds(100)));
    }
    EXPECT_TRUE(holds());
  }

  EventLoop loop;
  std::optional<SocketPair> pair;

 private:
  static Task<void> write_then_read(Connection& connection, const std::string& much) {
    const WriteOutcome written = co_await connection.write(much, soon());
    EXPECT_EQ(describe(written), "written");
    std::string all;
    while (all.size() < much.size()) {
      ReadOutcome outcome = co_await connection.read_some(soon());
      auto* received = std::get_if<Received>(&outcome);
      if (received == nullptr) {
        ADD_FAILURE() << describe(outcome);
        co_return;
      }
      all += received->bytes;
    }
    EXPECT_TRUE(all == much);
  }
};

}  // namespace smtpspec::wire
