// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "target/target.hpp"

namespace smtpspec::target {

/// What stands at the beginning of each file of the queue, where servers keep the recipients: 64 KiB of it,
/// one after the other. A file that goes away meanwhile may have got another name, so that all are read
/// again. Nothing when a folder could not be read, or none of the patterns leads to a folder that exists.
std::optional<std::string> read_queue(const QueueFiles& queue);

/// Whether a purge would find something: there is no telling, or one of `purge_if` exists.
bool has_something_to_purge(const QueueFiles& queue);

}  // namespace smtpspec::target
