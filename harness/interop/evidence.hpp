// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/target_hands.hpp"
#include "interop/message.hpp"
#include "interop/middleman.hpp"
#include "target/mailbox.hpp"

namespace smtpspec::interop {

/// What a server's queue says of a message.
enum class InQueue { no, yes, unknown };

/// What is at the mailbox of one recipient.
struct Arrived {
  std::string token;
  std::vector<target::StoredMessage> messages;
};

/// One of the two servers of a pair.
struct Party {
  std::string name;
  std::vector<std::string> ours;  ///< requirements that our own configuration of it decides
};

/// All that is known of one message on its way through two servers, when nothing more will come.
struct Evidence {
  const Message* message = nullptr;
  Party sender;
  Party receiver;
  std::string submitted;                ///< content as handed over
  engine::Submitted handed_over;        ///< what the sender said to it
  std::vector<SeenTransfer> transfers;  ///< from the one to the other
  std::vector<Arrived> mailboxes;       ///< one for each recipient
  std::vector<target::StoredMessage> smuggled;
  bool smuggled_on_the_wire = false;           ///< the sender itself sent it as a message of its own
  std::vector<target::StoredMessage> reports;  ///< what came back to whoever sent it
  target::StoreEffects effects;                ///< of the receiver's store
  InQueue kept_by_sender = InQueue::unknown;
  InQueue kept_by_receiver = InQueue::unknown;
  bool was_purged = false;  ///< we emptied the sender's queue while it was in there
  bool receiver_has_mailbox = true;
};

}  // namespace smtpspec::interop
