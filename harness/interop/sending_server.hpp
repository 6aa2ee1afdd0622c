// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>

#include "engine/run_context.hpp"
#include "interop/exchange.hpp"
#include "interop/middleman.hpp"
#include "target/host.hpp"

namespace smtpspec::interop {

/// A server that takes messages from us and relays them, with the middleman to whom it sends them. Must
/// outlive what it has begun on the loop.
class SendingServer {
 public:
  SendingServer(wire::EventLoop& loop, target::Host& host, const engine::Requirements& requirements,
                double timeout_multiplier);

  /// "" or why its mail can't be received.
  std::string listen();

  /// From here on its mail goes to this server.
  void lead_to(target::Host& receiver);

  /// Hands the message over and fills in what was said to it.
  wire::Task<void> hand_over(Exchange& exchange);

  /// It is to try again what waits in its queue. Nothing where it knows no such command.
  wire::Task<void> flush();

  /// Looks for these messages in its queue, and notes it in each; then empties the queue where one is in
  /// there, so that it isn't sent to the next server, as far as it knows how.
  wire::Task<void> clear_queue(std::vector<Exchange*> exchanges);

  /// The round is over: its connections are ended.
  void end_connections() { middleman_.end_connections(); }

  const Middleman& middleman() const { return middleman_; }
  target::Host& host() { return host_; }
  const engine::Timeouts& timeouts() const { return context_.timeouts; }

 private:
  wire::Task<std::string> list_queue();

  wire::EventLoop& loop_;
  target::Host& host_;
  engine::RunContext context_;
  Middleman middleman_;
};

/// What a queue's listing says of a message.
InQueue look_for(const std::string& token, const std::string& listing);

}  // namespace smtpspec::interop
