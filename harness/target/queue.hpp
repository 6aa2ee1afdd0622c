// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "target/target.hpp"

namespace smtpspec::target {

/// What a target's queue says about a case.
enum class QueueState {
  free_of,  ///< listed, and the token is not in it
  holds,
  unknown,  ///< no queue_list command, or it failed
};

/// Lists the queue and looks for a recipient token. Blocks for as long as the command takes, some 10 ms.
QueueState queue_state(const Target& target, std::string_view token);

/// The first line that the target's version command prints; nothing when it has none or it fails.
std::optional<std::string> version_of(const Target& target);

}  // namespace smtpspec::target
