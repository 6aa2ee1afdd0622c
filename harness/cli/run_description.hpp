// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/selection_options.hpp"
#include "engine/run.hpp"
#include "result/model.hpp"

namespace smtpspec::cli {

/// Writes down in a run how it was made: versions, the options that chose and played its cases, and the
/// options that name its target. The files of bundled scenarios are told relative to the data folder.
void describe_run(result::Run& result, const LoadedSuite& loaded, const SelectionOptions& selection,
                  const engine::RunOptions& played, const std::string& target_argument);

}  // namespace smtpspec::cli
