// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>

namespace smtpspec::cli {

/// From now on SIGINT and SIGTERM are noted instead of ending the process; a second one ends it at once.
/// SIGPIPE is ignored for good: a reader of our output that goes away is a write that fails.
void note_stop_signals();

/// True after one of them; for whoever waits without an event loop.
const std::atomic<bool>& stop_was_asked_for();

/// "interrupted" after SIGINT, "terminated" after SIGTERM, "" before.
std::string stop_signal_word();

}  // namespace smtpspec::cli
