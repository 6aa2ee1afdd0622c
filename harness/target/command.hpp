// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <variant>

#include "target/target.hpp"

namespace smtpspec::target {

/// A command that ended by itself.
struct CommandEnded {
  int wait_status = 0;
  std::string output;  ///< stdout and stderr, at most max_command_output bytes
  bool succeeded() const { return wait_status == 0; }
};

/// It could not be run, or was killed because it took too long.
struct CommandFailed {
  std::string why;
  std::string output = {};  ///< what it had said until then, where that is kept
};

constexpr std::size_t max_command_output = 4 * 1024 * 1024;

/// Runs a command of a target (its version, its queue) and waits for its end. `changes` are made to our
/// environment. It reads `input`. Blocks; a queue listing takes some 10 ms.
std::variant<CommandEnded, CommandFailed> run_command(const Command& command,
                                                      const std::map<std::string, std::string>& changes,
                                                      std::chrono::milliseconds at_most,
                                                      const std::string& input = {});

/// The environment that a target's programs get: ours, what its file says, and the sbin folders in PATH.
std::map<std::string, std::string> environment_with(const std::map<std::string, std::string>& changes);

/// The path of a program, looked for in PATH when it has no slash; empty when there is none.
std::string find_program(const std::string& name, const std::map<std::string, std::string>& environment);

}  // namespace smtpspec::target
