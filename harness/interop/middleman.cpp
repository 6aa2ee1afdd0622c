// SPDX-License-Identifier: Apache-2.0
#include "interop/middleman.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "wire/connection.hpp"
#include "wire/listener.hpp"

namespace smtpspec::interop {
namespace {

constexpr std::chrono::seconds connect_time{5};
// RFC 5321 4.5.3.2: the patience of both sides is theirs; ours is longer than a round.
constexpr std::chrono::minutes idle_time{5};

/// One connection from the one server and one to the other.
struct Relay {
  Relay(wire::Connection s, wire::Connection r, std::size_t in_round)
      : sender(std::move(s)), receiver(std::move(r)), round(in_round) {}

  void end() {
    sender.close();
    receiver.close();
  }

  wire::Connection sender;
  wire::Connection receiver;
  const std::size_t round;
  Tap tap;
  bool over = false;
};

wire::ConnectionSettings without_transcript() {
  wire::ConnectionSettings settings;
  settings.keep_transcript = false;  // the tap keeps what is needed
  return settings;
}

wire::Task<void> pass_to_receiver(std::shared_ptr<Relay> relay) {
  while (true) {
    const auto deadline = wire::deadline_after(idle_time);
    wire::ReadOutcome outcome = co_await relay->sender.read_some(deadline);
    const auto* received = std::get_if<wire::Received>(&outcome);
    if (!received) {
      if (!relay->over) relay->tap.note("the sender: " + wire::describe(outcome));
      relay->receiver.half_close();
      co_return;
    }
    relay->tap.hear_sender(received->bytes);
    co_await relay->receiver.write(received->bytes, deadline);
  }
}

wire::Task<void> pass_to_sender(std::shared_ptr<Relay> relay) {
  while (true) {
    const auto deadline = wire::deadline_after(idle_time);
    wire::ReadOutcome outcome = co_await relay->receiver.read_some(deadline);
    const auto* received = std::get_if<wire::Received>(&outcome);
    if (!received) {
      relay->tap.note(wire::describe(outcome));
      relay->over = true;
      relay->end();
      co_return;
    }
    const std::string passed_on = relay->tap.hear_receiver(received->bytes);
    if (!passed_on.empty()) co_await relay->sender.write(passed_on, deadline);
  }
}

}  // namespace

struct Middleman::Impl : std::enable_shared_from_this<Middleman::Impl> {
  explicit Impl(wire::EventLoop& on_loop) : loop(on_loop) {}

  static wire::Task<void> accept_all(std::shared_ptr<Impl> impl);
  static wire::Task<void> connect_through(std::shared_ptr<Impl> impl, wire::Connection sender);

  wire::EventLoop& loop;
  std::optional<wire::Listener> listener;
  wire::Endpoint receiver;
  std::string source;
  std::vector<std::shared_ptr<Relay>> relays;
  std::size_t round = 0;
  std::size_t first_of_round = 0;  // in relays
  std::string trouble;
};

wire::Task<void> Middleman::Impl::accept_all(std::shared_ptr<Impl> impl) {
  while (true) {
    auto outcome = co_await impl->listener->accept(wire::no_deadline);
    if (std::holds_alternative<wire::ListenerClosed>(outcome)) co_return;
    auto* connection = std::get_if<wire::Connection>(&outcome);
    if (connection) impl->loop.spawn(connect_through(impl, std::move(*connection)));
  }
}

wire::Task<void> Middleman::Impl::connect_through(std::shared_ptr<Impl> impl, wire::Connection sender) {
  wire::ConnectOptions options(impl->source, without_transcript());
  wire::Endpoint to = impl->receiver;
  auto outcome = co_await wire::connect(impl->loop, std::move(to), std::move(options),
                                        wire::deadline_after(connect_time));
  auto* receiver = std::get_if<wire::Connection>(&outcome);
  if (!receiver) {
    impl->trouble = "the server that was to be reached did not take a connection";
    sender.close();
    co_return;
  }
  auto relay = std::make_shared<Relay>(std::move(sender), std::move(*receiver), impl->round);
  impl->relays.push_back(relay);
  impl->loop.spawn(pass_to_receiver(relay));
  impl->loop.spawn(pass_to_sender(relay));
}

Middleman::Middleman(wire::EventLoop& loop) : impl_(std::make_shared<Impl>(loop)) {}

Middleman::~Middleman() {
  if (impl_->listener) impl_->listener->close();
  for (const auto& relay : impl_->relays) relay->end();
}

std::string Middleman::listen(const wire::Endpoint& at) {
  wire::ListenOptions options;
  options.settings = without_transcript();
  auto outcome = wire::listen(impl_->loop, at, options);
  if (const auto* failed = std::get_if<wire::Failed>(&outcome))
    return wire::format(at) + ": " + failed->reason;
  impl_->listener.emplace(std::get<wire::Listener>(std::move(outcome)));
  impl_->loop.spawn(Impl::accept_all(impl_));
  return {};
}

void Middleman::lead_to(wire::Endpoint receiver, std::string source_address) {
  end_connections();
  ++impl_->round;
  impl_->first_of_round = impl_->relays.size();
  impl_->receiver = std::move(receiver);
  impl_->source = std::move(source_address);
}

void Middleman::end_connections() {
  for (const auto& relay : impl_->relays) {
    if (!relay->over) relay->end();
  }
}

std::size_t Middleman::round() const {
  return impl_->round;
}

std::vector<SeenTransfer> Middleman::transfers_to(std::string_view word, std::size_t round) const {
  std::vector<SeenTransfer> seen;
  for (const auto& relay : impl_->relays) {
    if (relay->round != round) continue;
    for (const auto& transfer : relay->tap.transfers()) {
      if (transfer.names(word)) seen.push_back({transfer, relay->tap.dialogue_of(transfer)});
    }
  }
  return seen;
}

Middleman::Progress Middleman::progress_of(std::string_view word) const {
  Progress progress;
  for (std::size_t i = impl_->first_of_round; i < impl_->relays.size(); ++i) {
    const auto& relay = *impl_->relays[i];
    for (const auto& transfer : relay.tap.transfers()) {
      if (!transfer.names(word)) continue;
      const bool without_a_word = relay.over && transfer.reply.empty();
      const bool owed = !relay.over && transfer.reply.empty();
      progress = {transfer.was_answered(5), transfer.was_answered(4) || without_a_word, owed};
    }
  }
  return progress;
}

const std::string& Middleman::trouble() const {
  return impl_->trouble;
}

}  // namespace smtpspec::interop
