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
      : context_(context),
        scope_(scope),
        case_(scenario_case),
        client_(std::move(client)),
        queue_(context.queue) {}

  /// False when we can't read where this mailbox lies: the target has none for us, or there is no next hop.
  bool can_read(CaseMailbox mailbox = {}) const { return store_of(mailbox) != nullptr; }

  /// Where the target sends what is not for itself, how it is told to, and its queue (null: not to be
  /// listed); must outlive this.
  void set_next_hop(NextHop* next_hop, TargetHands hands, QueueWatch* queue) {
    next_hop_ = next_hop;
    hands_ = std::move(hands);
    queue_ = queue;
  }

  /// Waits until as many messages as `wanted` asks for have come, and, where the number is bounded above,
  /// until no more can come. Gives "" or why that could not be proven.
  wire::Task<std::string> settle(CaseMailbox mailbox, scenario::Bounds wanted);

  /// The same for a question whose answer may well be no: what has not come when the fence has, will not
  /// come.
  wire::Task<std::string> settle_for_question(CaseMailbox mailbox, scenario::Bounds wanted);

  /// What has arrived in one mailbox.
  std::vector<target::StoredMessage> messages(CaseMailbox mailbox) const;
  std::size_t count(CaseMailbox mailbox) const;
  target::StoreEffects effects(CaseMailbox mailbox) const { return store_of(mailbox)->effects(); }

  /// Something was sent: an earlier fence proves nothing any more.
  void note_sent() { fenced_ = fenced_at_next_hop_ = false; }

  /// True when a fence failed in a way that may mean that the target has died.
  bool lost_target() const { return lost_target_; }

  /// Sessions of the fences, for the report when one is lost.
  std::vector<result::Session> take_records() { return std::move(records_); }

 private:
  target::MailStore* store_of(CaseMailbox mailbox) const;
  wire::Task<bool> await_count(CaseMailbox where, std::string token, std::size_t count,
                               wire::Deadline deadline);
  wire::Task<std::string> wait_until_quiet();
  wire::Task<std::string> fence(CaseMailbox where);
  wire::Task<std::string> send_fence(std::size_t number);
  wire::Task<std::string> send_fence_to_next_hop(std::size_t number);
  wire::Task<std::string> what_is_missing(CaseMailbox where, std::string fence_token,
                                          wire::Deadline deadline);
  wire::Task<void> hurry(CaseMailbox where);

  RunContext& context_;
  Scope& scope_;
  const scenario::Case& case_;
  const std::string client_;
  std::size_t fences_ = 0;
  NextHop* next_hop_ = nullptr;
  TargetHands hands_;
  QueueWatch* queue_;
  bool fenced_ = false;
  bool fenced_at_next_hop_ = false;
  bool lost_target_ = false;
  std::vector<result::Session> records_;
};

}  // namespace smtpspec::engine
