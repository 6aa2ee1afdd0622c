// SPDX-License-Identifier: Apache-2.0
#include "gate/exit_code.hpp"

namespace smtpspec::gate {

std::string_view to_string(ExitCode code) {
  switch (code) {
    case ExitCode::green:
      return "green";
    case ExitCode::red:
      return "red";
    case ExitCode::usage:
      return "wrong usage";
    case ExitCode::invalid_file:
      return "invalid file";
    case ExitCode::infrastructure:
      return "target not reached";
    case ExitCode::nothing_judged:
      return "nothing judged";
    case ExitCode::interrupted:
    case ExitCode::terminated:
      return "interrupted";
  }
  return "red";
}

}  // namespace smtpspec::gate
