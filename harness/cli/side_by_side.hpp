// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/contestants.hpp"
#include "cli/selection_options.hpp"
#include "compare/matrix.hpp"
#include "engine/run.hpp"
#include "report/time_table.hpp"
#include "result/model.hpp"

namespace smtpspec::cli {

/// What came of a comparison's runs.
struct SideBySide {
  std::vector<result::Run> runs;         ///< one for each contestant, in their order
  std::vector<report::TimeSpent> times;  ///< of those that were played now
  std::chrono::nanoseconds starting{0};  ///< until the last was up
  std::chrono::nanoseconds playing{0};   ///< from then until the last had come to its end
  std::chrono::nanoseconds ending{0};    ///< until the last was gone
  std::vector<std::string> not_reached;  ///< names of targets that could not be started or be spoken to
  std::string stopped;                   ///< "", or the word of the signal that ended it
};

/// Starts all targets among the contestants side by side, plays the cases against them at the same time, and
/// ends them. With more than one instance those of a target that we start share its cases. Says on standard
/// error which could not be started.
SideBySide play_side_by_side(std::vector<Contestant> contestants, const LoadedSuite& loaded,
                             const std::vector<const scenario::Case*>& cases,
                             const SelectionOptions& selection, const engine::RunOptions& options,
                             std::uint32_t instances, bool show_progress);

/// Where the time went: the targets' own, then what all of it took. Empty where nothing was played.
std::string times_text(const compare::Matrix& matrix, const SideBySide& played);

/// Names of all that takes no part in the comparison, with the reason where it has not been said yet.
std::vector<std::string> not_compared(const compare::Matrix& matrix, const SideBySide& played);

/// A run that was played now was cut short.
bool ended_early(const compare::Matrix& matrix, const SideBySide& played);

}  // namespace smtpspec::cli
