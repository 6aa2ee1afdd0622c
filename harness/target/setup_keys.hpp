// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target/key_reader.hpp"

namespace smtpspec::target {

/// The keys of [start]: how a server is started.
reading::Keys<Start> start_keys();

/// The keys of [send]: how a client sends one message.
reading::Keys<Send> send_keys();

}  // namespace smtpspec::target
