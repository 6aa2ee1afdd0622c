// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "target/target.hpp"

namespace smtpspec::target {

/// Where one message lies on disk.
struct MessagePlace {
  std::string file;
  std::size_t offset = 0;
  std::size_t size = 0;  ///< 0: to the end of the file
};

/// A folder or file in which messages turn up one by one.
class MessageSource {
 public:
  virtual ~MessageSource() = default;

  /// The messages that are complete and were not there at the last look, oldest first.
  virtual std::vector<MessagePlace> look() = 0;

  /// At most max_bytes of a message; nothing when it is no longer there.
  virtual std::optional<std::string> read(const MessagePlace& place, std::size_t max_bytes) = 0;
};

/// A Maildir: messages in new/ and, once a reader has seen them, in cur/. The folder may come into being
/// later.
std::unique_ptr<MessageSource> maildir_source(std::string folder);

/// The spool of Cyrus IMAP: messages are files called `NUMBER.` in any folder below this one, put there in
/// one piece.
std::unique_ptr<MessageSource> cyrus_source(std::string folder);

/// An mbox file: messages one after another, each after a line `From sender date`. A file that somebody has
/// locked is not looked at.
std::unique_ptr<MessageSource> mbox_source(std::string file);

/// Reads part of a file; size 0 means to its end.
std::optional<std::string> read_file_part(const std::string& file, std::size_t offset, std::size_t size,
                                          std::size_t max_bytes);

}  // namespace smtpspec::target
