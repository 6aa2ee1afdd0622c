// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "target/target.hpp"

namespace smtpspec::target {

/// What can be done to a target from outside, as a step of a scenario.
enum class Action {
  flush,      ///< it tries everything in its queue now
  purge,      ///< it forgets everything in its queue
  kill,       ///< all its processes end at once, without a chance to tidy up
  terminate,  ///< it is told to end, and has ended
  restart,    ///< it serves again, at the same place with the same queue
  reload,     ///< it reads its configuration again
  fill,       ///< where it stores new mail there is no room any more
  free,       ///< there is room again; also where nobody had filled it
};

std::string_view name_of(Action action);

/// The action of that name; nothing for another word.
std::optional<Action> action_of(std::string_view name);

/// The command of the target file for an action; empty where there is none.
const Command& command_for(const Target& target, Action action);

}  // namespace smtpspec::target
