// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/target_hands.hpp"
#include "interop/judgement.hpp"
#include "interop/message_variables.hpp"
#include "interop/pairing.hpp"
#include "result/model.hpp"

namespace smtpspec::interop {

/// One message on its way through one pair. Filled while it travels; judged at the end of all.
struct Exchange {
  const Message* message = nullptr;
  Pair pair;
  Addressing addressing;
  std::vector<std::string> tokens;  ///< one for each recipient
  engine::Submission submission;
  std::string problem;  ///< the message could not be made out

  engine::Submitted handed_over{engine::Submitted::Kind::failed, "it was not sent"};
  result::Session dialogue;  ///< ours with the sender
  bool played = false;       ///< it was handed over, or refused
  bool settled = false;      ///< what was to be awaited has come
  std::size_t round = 0;     ///< of the sender's middleman
  InQueue kept_by_sender = InQueue::unknown;
  bool was_purged = false;
  std::chrono::steady_clock::time_point began{};
  std::chrono::steady_clock::time_point ended{};
};

/// Makes a message out for a pair: addresses, envelope, content.
Exchange make_exchange(const Message& message, Pair pair, Addressing addressing);

}  // namespace smtpspec::interop
