// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/session.hpp"
#include "scenario/model.hpp"

namespace smtpspec::engine {

/// What a condition is held against: one event, or a collection of them.
struct Observation {
  const Event* event = nullptr;                    ///< the answer; null when none was read
  const std::vector<Event>* collection = nullptr;  ///< of a `collect`; its last event says how it ended
  bool closed_after = false;                       ///< the stream ended right after the reply
  bool end_awaited = false;                        ///< closed_after is known
  std::optional<bool> tls;                         ///< of a handshake
  std::optional<bool> taken;                       ///< of a submission; nothing while it is not known
  std::optional<bool> queued;                      ///< mail of the case is in the target's queue
  std::chrono::steady_clock::time_point sent_at{};
};

/// Codes of labelled answers, for same_as.
using LabelledCodes = std::map<std::string, int>;

/// How well a condition holds.
struct Match {
  enum class Grade {
    holds,
    near,  ///< the right class of reply with another code, or 4yz where 5yz was asked for
    no,
  };
  Grade grade = Grade::holds;
  std::string why;  ///< the first part that does not hold; empty when all do
};

/// Holds a condition, all but `delivered` and `content`, against what was seen.
Match match(const scenario::Condition& condition, const Observation& seen, const LabelledCodes& labelled,
            const scenario::Variables& variables);

/// A condition in words: "reply 250, enhanced code 2.1.x".
std::string describe(const scenario::Condition& condition);

/// An event in words; a reply with its octets.
std::string describe(const Event& event);

/// A collection in words: "250, 221, then the stream ended".
std::string describe(const std::vector<Event>& collection);

/// Mail that a check asks for, in words: "1 mail in the second mailbox".
std::string describe_mail(const scenario::DeliveredCheck& check);

/// True when the condition can be judged without reading anything from a session: it asks for mail, a
/// submission or the queue alone.
bool asks_no_session(const scenario::Condition& condition);

}  // namespace smtpspec::engine
