// SPDX-License-Identifier: Apache-2.0
#include "target/action.hpp"

#include <array>
#include <cassert>
#include <cstddef>

namespace smtpspec::target {
namespace {

struct Row {
  Action action;
  std::string_view name;
  Command Commands::*command;
};

constexpr std::array<Row, 8> rows{{
    {Action::flush, "flush", &Commands::queue_flush},
    {Action::purge, "purge", &Commands::queue_purge},
    {Action::kill, "kill", &Commands::kill},
    {Action::terminate, "terminate", &Commands::terminate},
    {Action::restart, "restart", &Commands::restart},
    {Action::reload, "reload", &Commands::reload},
    {Action::fill, "fill", &Commands::fill},
    {Action::free, "free", &Commands::free},
}};

/// The rows stand in the order of the enumeration.
const Row& row_of(Action action) {
  const Row& row = rows[static_cast<std::size_t>(action)];
  assert(row.action == action);
  return row;
}

}  // namespace

std::string_view name_of(Action action) {
  return row_of(action).name;
}

std::optional<Action> action_of(std::string_view name) {
  for (const Row& row : rows) {
    if (row.name == name) return row.action;
  }
  return std::nullopt;
}

const Command& command_for(const Target& target, Action action) {
  return target.commands.*row_of(action).command;
}

}  // namespace smtpspec::target
