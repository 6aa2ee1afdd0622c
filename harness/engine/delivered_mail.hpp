// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenario/model.hpp"
#include "target/mailbox.hpp"

namespace smtpspec::engine {

/// How delivered mail differs from what a check asks for.
struct MailMismatch {
  std::string message;  ///< one sentence
  std::string expected;
  std::string actual;
};

/// What a check on delivered mail is held against.
struct MailEvidence {
  std::vector<target::StoredMessage> messages;
  target::StoreEffects effects;
  std::vector<std::string> contents;  ///< what the sessions of the case sent as content, still stuffed
  std::string begin_line;             ///< the sentinel lines
  std::string end_line;
};

/// Nothing when every part of the check holds. The evidence must be complete: all that will ever arrive has.
/// A template that can't be evaluated is told as a mismatch in `problem`.
struct MailCheckOutcome {
  std::optional<MailMismatch> mismatch;
  std::string problem;  ///< our side: a template could not be evaluated
};
MailCheckOutcome check_mail(const scenario::DeliveredCheck& check, const MailEvidence& evidence,
                            const scenario::Variables& variables);

/// The count that a check asks for; one message when it says nothing.
scenario::Bounds wanted_count(const scenario::DeliveredCheck& check);

}  // namespace smtpspec::engine
