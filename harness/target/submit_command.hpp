// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "target/target.hpp"

namespace smtpspec::target {

/// A message for the command by which a server takes mail from a program of its own machine, as cron and
/// mailing lists hand it over.
struct CommandMail {
  std::string sender;  ///< an address without brackets; empty: the null reverse-path
  std::vector<std::string> recipients;
  std::string input;  ///< octets that the command reads
};

/// The words of the target's command for this message; empty where it has none. What is filled in stays as it
/// is, whatever braces an address has.
Command submit_command_for(const Target& target, const CommandMail& mail);

}  // namespace smtpspec::target
