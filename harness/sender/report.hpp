// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sender/message.hpp"
#include "sender/outcome.hpp"
#include "sender/settings.hpp"

namespace smtpspec::sender {

/// What is to be reported about one recipient.
struct Reported {
  Recipient recipient;
  Outcome outcome;  ///< failed, or delivered: relayed to a server that will report nothing (RFC 3461 5.2.2)
};

/// Whether the sender is to hear of this outcome (RFC 3461 5.2.2, 5.2.6).
bool is_to_be_reported(const Recipient& recipient, const Outcome& outcome, const QueueBehaviour& behaviour);

/// The delivery status notification about these recipients of a message (RFC 3461 section 6, RFC 3464).
/// Nothing when there is nobody to tell: a report is never sent about a report (RFC 5321 4.5.5, 6.1).
std::optional<Message> report_about(const Message& message, const std::vector<Reported>& reported,
                                    const Settings& settings);

}  // namespace smtpspec::sender
