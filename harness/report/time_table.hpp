// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "compare/matrix.hpp"

namespace smtpspec::report {

/// Where the time of one target went, beside what its run tells.
struct TimeSpent {
  std::size_t column = 0;
  std::chrono::nanoseconds starting{0};       ///< from the command until it greeted
  std::size_t sessions_at_once = 0;           ///< cases at once, at most
  std::chrono::milliseconds banner_delay{0};  ///< its own, in every session
  std::chrono::milliseconds quit_delay{0};
};

/// A table: how long each target took to start and to be played, how many cases at once, how much of that was
/// used, the cases that took longest, and delays of its own. The slowest first.
std::string time_table(const compare::Matrix& matrix, const std::vector<TimeSpent>& times);

}  // namespace smtpspec::report
