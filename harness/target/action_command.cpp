// SPDX-License-Identifier: Apache-2.0
#include "target/action_command.hpp"

#include <fmt/format.h>

#include "target/command.hpp"
#include "target/signal_name.hpp"

namespace smtpspec::target {
namespace {

constexpr std::chrono::milliseconds patience{20'000};

std::string first_line(const std::string& text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

std::string run_action_command(const Target& target, Action action) {
  const Command& command = command_for(target, action);
  if (command.empty())
    return fmt::format("target '{}' has no command to {} it", target.name, name_of(action));
  const auto environment =
      target.setup() ? target.setup()->environment : std::map<std::string, std::string>{};
  const auto outcome = run_command(command, environment, patience);
  if (const auto* failed = std::get_if<CommandFailed>(&outcome)) return failed->why;
  const auto& ended = std::get<CommandEnded>(outcome);
  if (ended.succeeded()) return {};
  return fmt::format("'{}' {}: {}", command.front(), describe_ending(ended.wait_status),
                     first_line(ended.output));
}

}  // namespace smtpspec::target
