// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "target/target.hpp"

namespace smtpspec::target {

/// What the command line says about a target that has no file.
struct PlainTarget {
  std::string rcpt;         ///< --rcpt: an accepted address; may hold {token}
  std::string reject_rcpt;  ///< --reject-rcpt
  std::string user;
  std::string password;
  std::string mailbox;  ///< --mailbox maildir:PATH | mbox:PATH
  std::string ca;
  bool insecure = false;
};

/// What is wrong with an option, in one sentence, saying what would be right.
struct BadOption {
  std::string message;
};

/// True for smtp:// smtps:// lmtp:// unix:
bool is_target_url(std::string_view text);

/// A server that is already running: `smtp://host[:port]`, `smtps://`, `lmtp://`, `unix:/path` (LMTP).
std::variant<Target, BadOption> target_from_url(std::string_view url, const PlainTarget& options);

/// A server that one command line starts, such as `mymta -p {port}`: words are split as a shell does it
/// (quotes, backslash), but no shell runs. It must contain {port}.
std::variant<Target, BadOption> target_from_command(std::string_view command_line,
                                                    const PlainTarget& options);

}  // namespace smtpspec::target
