// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sender/dialogue.hpp"
#include "sender/settings.hpp"
#include "wire/connection.hpp"
#include "wire/event_loop.hpp"

namespace smtpspec::sender {

/// One connection to the next hop and what is said on it. Shared by the coroutine that runs it and by whoever
/// may break it off.
class Exchange {
 public:
  Exchange(std::shared_ptr<const Settings> settings, Dialogue dialogue)
      : settings_(std::move(settings)), dialogue_(std::move(dialogue)) {}

  /// From connect() to the end; the outcomes are in the dialogue then. Called once. Settings name a next hop.
  static wire::Task<void> run(wire::EventLoop& loop, std::shared_ptr<Exchange> self);

  /// Ends it at once.
  void break_off();

  const Dialogue& dialogue() const { return dialogue_; }

 private:
  using Self = std::shared_ptr<Exchange>;

  static wire::Task<bool> connect(wire::EventLoop& loop, Self self);
  static wire::Task<void> write(Self self, std::string octets);
  static wire::Task<Turn> read(Self self);
  static wire::Task<Turn> handshake(Self self);

  std::shared_ptr<const Settings> settings_;
  Dialogue dialogue_;
  std::optional<wire::Connection> connection_;
  wire::Deadline deadline_ = wire::no_deadline;  // of the reply that is awaited
  bool broken_off_ = false;
};

}  // namespace smtpspec::sender
