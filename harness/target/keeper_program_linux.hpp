// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <sys/types.h>

#include "target/keeper_protocol.hpp"

namespace smtpspec::target {

/// A program that was started, or why it was not.
struct StartedProgram {
  pid_t pid = -1;
  pid_t group = -1;  ///< its process group, which it does not lead
  int error = 0;     ///< errno; 0 where it runs
};

/// Starts the program of a request as a child of the keeper, who calls this, in a process group of its own.
/// `strings` are what follows the request's head, `size` octets; they are cut apart in place. What the
/// program writes goes to the descriptor `output`. System calls over fixed buffers and nothing else.
StartedProgram start_program(const KeeperRequest& request, char* strings, std::size_t size, int output);

}  // namespace smtpspec::target
