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
  unknown,  ///< it can't be listed, or that failed
};

/// Whether the target's file says how to see its queue.
bool can_list_queue(const Target& target);

/// What waits, with its recipients: the beginnings of the queue's files, or what queue_list prints. Nothing
/// when neither is there or it failed. Blocks for as long as the command takes, some 10 ms, 10 s at most.
std::optional<std::string> list_queue(const Target& target);

/// Lists the queue and looks for a recipient token. Blocks as that does.
QueueState queue_state(const Target& target, std::string_view token);

/// The first line that the target's version command prints; nothing when it has none or it fails.
std::optional<std::string> version_of(const Target& target);

}  // namespace smtpspec::target
