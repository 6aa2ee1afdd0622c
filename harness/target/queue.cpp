// SPDX-License-Identifier: Apache-2.0
#include "target/queue.hpp"

#include "target/command.hpp"
#include "target/queue_files.hpp"

namespace smtpspec::target {
namespace {

constexpr std::chrono::milliseconds patience{10'000};

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

bool can_list_queue(const Target& target) {
  return !target.queue.files.empty() || !target.commands.queue_list.empty();
}

std::optional<std::string> list_queue(const Target& target) {
  return target.queue.files.empty() ? output_of(target, target.commands.queue_list)
                                    : read_queue(target.queue);
}

QueueState queue_state(const Target& target, std::string_view token) {
  const auto listing = list_queue(target);
  if (!listing) return QueueState::unknown;
  return listing->find(token) == std::string::npos ? QueueState::free_of : QueueState::holds;
}

std::optional<std::string> version_of(const Target& target) {
  const auto output = output_of(target, target.commands.version);
  if (!output) return std::nullopt;
  return output->substr(0, output->find_first_of("\r\n"));
}

}  // namespace smtpspec::target
