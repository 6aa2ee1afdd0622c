// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.hpp"
#include "gate/exit_code.hpp"

namespace smtpspec::cli {

/// Prints `smtpspec: message` on standard error and gives the code back.
gate::ExitCode complain(gate::ExitCode code, const std::string& message);

/// Prints what is wrong with a person's file; the code is invalid_file.
gate::ExitCode complain(const std::vector<base::Diagnostic>& problems);

/// Writes to standard output; complains and gives false when that failed (a full disk, a reader gone away).
bool print(const std::string& text);

}  // namespace smtpspec::cli
