// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::target {

/// The signals a target file may name, without SIG: TERM, INT, ...
std::vector<std::string> signal_names();

/// The number of one of signal_names(); 0 for another word.
int signal_number(std::string_view name);

/// How a process ended, out of what waitpid() gave: "exited with status 3", "killed by signal 9 (KILL)".
std::string describe_ending(int wait_status);

}  // namespace smtpspec::target
