// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/selection_options.hpp"
#include "gate/exit_code.hpp"

namespace smtpspec::cli {

/// Complains of each word of --require that would never be red: one that selects no case, and, in a run that
/// is not narrowed, one whose cases it leaves out.
std::optional<gate::ExitCode> complain_of_required(const std::vector<std::string>& words,
                                                   const SelectionOptions& options, const LoadedSuite& loaded,
                                                   const std::vector<const scenario::Case*>& chosen);

/// Complains of each that selects none of these ids.
std::optional<gate::ExitCode> complain_of_required(const std::vector<std::string>& words,
                                                   const std::vector<std::string>& ids);

}  // namespace smtpspec::cli
