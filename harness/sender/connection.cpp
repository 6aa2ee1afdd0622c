// SPDX-License-Identifier: Apache-2.0
#include "sender/connection.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "wire/tls_context.hpp"

namespace smtpspec::sender {

namespace {

/// Each gets the time of RFC 5321 4.5.3.2.5. A group of commands is smaller and goes out as one.
constexpr std::size_t block_octets = 64 * 1024;

wire::TlsClientSettings tls_settings(const Tls& wanted) {
  wire::TlsClientSettings settings;
  settings.ca_pem = wanted.ca_pem;
  settings.verify = false;  // the dialogue looks at what was found, and decides
  return settings;
}

}  // namespace

wire::Task<void> Exchange::run(wire::EventLoop& loop, Self self) {
  const bool connected = co_await connect(loop, self);
  if (!connected) co_return;
  Turn turn = self->dialogue_.begin();
  while (!self->broken_off_) {
    co_await write(self, std::move(turn.output));
    if (turn.then == Turn::Then::close) break;
    if (turn.patience) self->deadline_ = wire::deadline_after(*turn.patience);
    if (turn.then == Turn::Then::start_tls) {
      turn = co_await handshake(self);
    } else if (turn.then == Turn::Then::reconnect) {
      const bool again = co_await connect(loop, self);
      if (!again) co_return;
      turn = self->dialogue_.begin();
    } else {
      turn = co_await read(self);
    }
  }
  self->connection_->close();
}

wire::Task<bool> Exchange::connect(wire::EventLoop& loop, Self self) {
  wire::ConnectOptions options;
  options.settings.keep_transcript = false;
  const wire::Deadline deadline = wire::deadline_after(self->settings_->timeouts.connect);
  wire::ConnectOutcome outcome = co_await wire::connect(loop, *self->settings_->next_hop, options, deadline);
  auto* connection = std::get_if<wire::Connection>(&outcome);
  if (connection == nullptr) {
    self->dialogue_.connection_lost("no connection: " + wire::describe(outcome));
    co_return false;
  }
  if (self->broken_off_) co_return false;
  self->connection_.emplace(std::move(*connection));
  co_return true;
}

/// How it ends is not looked at: when the peer has gone, the next read tells, and whatever the peer said
/// before that comes first.
wire::Task<void> Exchange::write(Self self, std::string octets) {
  for (std::size_t at = 0; at < octets.size(); at += block_octets) {
    const wire::Deadline deadline = wire::deadline_after(self->settings_->timeouts.block);
    const std::string_view block = std::string_view(octets).substr(at, block_octets);
    const wire::WriteOutcome outcome = co_await self->connection_->write(block, deadline);
    if (!std::holds_alternative<wire::Written>(outcome)) co_return;
  }
}

wire::Task<Turn> Exchange::read(Self self) {
  if (self->dialogue_.has_kept_octets()) co_return self->dialogue_.feed({});
  wire::ReadOutcome outcome = co_await self->connection_->read_some(self->deadline_);
  if (const auto* received = std::get_if<wire::Received>(&outcome)) {
    co_return self->dialogue_.feed(received->bytes);
  }
  if (std::holds_alternative<wire::TimedOut>(outcome)) co_return self->dialogue_.timed_out();
  co_return self->dialogue_.connection_lost("the connection was lost: " + wire::describe(outcome));
}

wire::Task<Turn> Exchange::handshake(Self self) {
  const Tls& tls = self->dialogue_.tls();
  auto context = wire::make_tls_client_context(tls_settings(tls));
  const auto* made = std::get_if<wire::TlsClientContext>(&context);
  if (made == nullptr) co_return self->dialogue_.tls_failed(std::get<wire::TlsSetupFailed>(context).reason);
  wire::TlsStart begin;
  if (self->dialogue_.keeps_clear_octets()) begin.clear_bytes = wire::ClearBytes::to_application;
  const wire::Deadline deadline = wire::deadline_after(self->settings_->timeouts.command);
  wire::TlsOutcome outcome =
      co_await self->connection_->start_tls_client(*made, tls.server_name, std::move(begin), deadline);
  if (const auto* up = std::get_if<wire::TlsUp>(&outcome)) {
    co_return self->dialogue_.tls_established(up->facts.verified);
  }
  co_return self->dialogue_.tls_failed("no TLS: " + wire::describe(outcome));
}

void Exchange::break_off() {
  broken_off_ = true;
  if (connection_) connection_->close();
}

}  // namespace smtpspec::sender
