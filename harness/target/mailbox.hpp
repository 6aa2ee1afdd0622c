// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "target/target.hpp"
#include "wire/deadline.hpp"

namespace smtpspec::target {

/// One message as the store holds it.
struct StoredMessage {
  std::string bytes;                             ///< exactly as stored, without an mbox `From ` line
  std::string place;                             ///< file name, or file and offset
  std::vector<std::string> recipients;           ///< as the store tells them; empty when it doesn't
  std::optional<std::string> reverse_path = {};  ///< where the store keeps it beside the message
  bool truncated = false;                        ///< longer than max_message_bytes; the rest was not read
};

/// Where delivered messages can be found. One per running target, shared by all its cases; not thread-safe.
/// Messages that were there before the store was opened are never seen.
class MailStore {
 public:
  static constexpr std::size_t max_message_bytes = 64 * 1024 * 1024;

  virtual ~MailStore() = default;

  /// Looks for new messages. Never blocks for long and costs next to nothing when there are none, so that it
  /// can be called every few milliseconds. True when something new came in.
  virtual bool refresh() = 0;

  /// The messages for a recipient token seen so far, in the order in which they were seen.
  virtual std::vector<StoredMessage> messages_for(std::string_view token) = 0;

  /// How many there are; cheaper than reading them.
  virtual std::size_t count_for(std::string_view token) = 0;

  /// What the store did to the bytes.
  virtual StoreEffects effects() const = 0;
};

/// Opens the mailbox of a target whose placeholders are filled. Null when it has none that lies in
/// files; for that of the embedded server see embedded.hpp.
std::unique_ptr<MailStore> open_mail_store(const Target& target);

/// Refreshes until a token has so many messages or the deadline has passed, sleeping between. For tests and
/// tools; the engine does the same on its event loop.
std::vector<StoredMessage> wait_for(MailStore& store, std::string_view token, std::size_t count,
                                    wire::Deadline deadline);

}  // namespace smtpspec::target
