// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sender/message.hpp"
#include "sender/settings.hpp"
#include "wire/event_loop.hpp"

namespace smtpspec::sender {

/// The queue is responsible from here on: each recipient gets the message, or the sender a report.
struct Taken {
  std::string id;
};

/// Why a message was not taken, as a reply: "554 5.6.0 ...".
struct NotTaken {
  std::string reply;
};

using SubmitOutcome = std::variant<Taken, NotTaken>;

/// One message that still has recipients to reach.
struct Queued {
  std::string id;
  std::string reverse_path;
  std::vector<std::string> recipients;  ///< those still waiting
};

/// The sender as its owner sees it: takes messages, hands each to the next hop at once and again until every
/// recipient is done with, and reports what failed for good. Correct unless its settings have a defect. Runs
/// on the loop of its owner, which must outlive it; prints nothing.
class Queue {
 public:
  Queue(wire::EventLoop& loop, Settings settings);
  ~Queue();  ///< closes everything at once; what was queued is forgotten
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  /// The first attempt begins at the loop's next turn.
  SubmitOutcome submit(Message message);

  /// Tries again, now, whatever waits for its next attempt. What is under way is tried once more if it is
  /// deferred again.
  void flush();

  /// Forgets everything that is queued and breaks off what is under way.
  void purge();

  /// As when the process ends: breaks off what is under way and tries nothing more, and keeps what is queued.
  void halt();

  /// As when it begins again: tries all of that.
  void resume();

  /// Whether mail waits for a recipient, or from a sender, whose address holds this text.
  bool holds(std::string_view token) const;

  std::vector<Queued> list() const;

  /// How many connections to the next hop are open or being opened.
  std::size_t attempts_under_way() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace smtpspec::sender
