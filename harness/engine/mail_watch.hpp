// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "engine/delivered_mail.hpp"
#include "engine/dialogue.hpp"
#include "engine/run_context.hpp"

namespace smtpspec::engine {

/// Waits for the mail of one case. That nothing (more) will come is proven by a fence: a message sent
/// afterwards, over a session of its own, that did arrive, and by an empty queue where the target can list
/// it. Borrows what it is made from.
class MailWatch {
 public:
  MailWatch(RunContext& context, Scope& scope, const scenario::Case& scenario_case, std::string client)
      : context_(context), scope_(scope), case_(scenario_case), client_(std::move(client)) {}

  /// False when the target has no mailbox that we can read.
  bool can_read() const { return context_.mail != nullptr; }

  /// Waits until as many messages as `wanted` asks for have come, and, where the number is bounded above,
  /// until no more can come. Gives "" or why that could not be proven.
  wire::Task<std::string> settle(std::size_t mailbox, scenario::Bounds wanted);

  /// The same for a question whose answer may well be no: what has not come when the fence has, will not
  /// come.
  wire::Task<std::string> settle_for_question(std::size_t mailbox, scenario::Bounds wanted);

  /// What has arrived in one mailbox.
  std::vector<target::StoredMessage> messages(std::size_t mailbox) const;
  std::size_t count(std::size_t mailbox) const;

  /// Something was sent: an earlier fence proves nothing any more.
  void note_sent() { fenced_ = false; }

  /// True when a fence failed in a way that may mean that the target has died.
  bool lost_target() const { return lost_target_; }

  /// Sessions of the fences, for the report when one is lost.
  std::vector<result::Session> take_records() { return std::move(records_); }

 private:
  wire::Task<bool> await_count(std::string token, std::size_t count, wire::Deadline deadline);
  wire::Task<std::string> fence();
  wire::Task<std::string> send_fence(std::size_t number);

  RunContext& context_;
  Scope& scope_;
  const scenario::Case& case_;
  const std::string client_;
  std::size_t fences_ = 0;
  bool fenced_ = false;
  bool lost_target_ = false;
  std::vector<result::Session> records_;
};

}  // namespace smtpspec::engine
