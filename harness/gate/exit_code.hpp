// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace smtpspec::gate {

/// What a process says at its end; never a count.
enum class ExitCode {
  green = 0,
  red = 1,
  usage = 2,           ///< wrong options, unknown case id, a filter that matches nothing
  invalid_file = 3,    ///< scenario, target or expectation file
  infrastructure = 4,  ///< the target can't start or be reached in any case; a report can't be written
  nothing_judged = 5,  ///< no case gave pass, warn, fail or info; no two targets could be compared
  interrupted = 130,
  terminated = 143,
};

/// The word at the end of a report: green, red, target not reached, nothing judged, interrupted, ...
std::string_view to_string(ExitCode code);

}  // namespace smtpspec::gate
