// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "smtp/line.hpp"

namespace smtpspec::refserver {

/// Where a session stops before it answers, so that somebody else may. Nothing set: nowhere.
struct HoldPoint {
  std::string verb;          ///< before this command is answered, in upper case
  bool any_command = false;  ///< before the next command, whatever it is
  bool content = false;      ///< when a message is complete, by DATA or by BDAT LAST

  bool covers(const std::string& command) const { return any_command || (!verb.empty() && verb == command); }
};

/// What waits for an answer.
struct Held {
  enum class Kind { command, content };

  Kind kind = Kind::command;
  std::string verb;     ///< in upper case
  smtp::Line line;      ///< of a command, as it came
  std::string wire;     ///< the octets as they came: the command with its ending, or the content with its end
  std::string content;  ///< of a message, un-stuffed
};

}  // namespace smtpspec::refserver
