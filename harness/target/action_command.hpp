// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "target/action.hpp"

namespace smtpspec::target {

/// Runs the command of the target file for an action and waits for its end; "" or why that failed.
std::string run_action_command(const Target& target, Action action);

}  // namespace smtpspec::target
