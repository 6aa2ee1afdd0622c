// SPDX-License-Identifier: Apache-2.0
#include "target/queue.hpp"

#include "target/command.hpp"

namespace smtpspec::target {
namespace {

constexpr std::chrono::milliseconds patience{5000};

/// The output of one of a target's commands; nothing when there is no such command or it failed.
std::optional<std::string> output_of(const Target& target, const Command& command) {
  if (command.empty()) return std::nullopt;
  const auto environment =
      target.setup() ? target.setup()->environment : std::map<std::string, std::string>{};
  auto outcome = run_command(command, environment, patience);
  auto* ended = std::get_if<CommandEnded>(&outcome);
  if (!ended || !ended->succeeded()) return std::nullopt;
  return std::move(ended->output);
}

}  // namespace

QueueState queue_state(const Target& target, std::string_view token) {
  const auto listing = output_of(target, target.commands.queue_list);
  if (!listing) return QueueState::unknown;
  return listing->find(token) == std::string::npos ? QueueState::free_of : QueueState::holds;
}

std::optional<std::string> version_of(const Target& target) {
  const auto output = output_of(target, target.commands.version);
  if (!output) return std::nullopt;
  return output->substr(0, output->find_first_of("\r\n"));
}

}  // namespace smtpspec::target
