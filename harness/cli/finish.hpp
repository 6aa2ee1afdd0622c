// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gate/decision.hpp"
#include "gate/exit_code.hpp"
#include "report/format.hpp"
#include "result/model.hpp"

namespace CLI {
class App;
}

namespace smtpspec::cli {

/// How standard output is written: --format and -v.
struct LogChoice {
  std::string format = "console";
  bool verbose = false;

  void add_to(CLI::App& command);
};

/// Tries, before a long run, whether every report could be written, and complains of each that could not.
bool can_write(const std::vector<report::ReportRequest>& requests);

/// Judges a run, writes its reports, prints it, and gives the exit code: the last thing that `run` does.
gate::ExitCode finish(const result::Run& run, const std::vector<report::ReportRequest>& requests,
                      const LogChoice& log);

/// The same with a decision that was made already, as of a run that is shown without its times.
gate::ExitCode finish(const result::Run& run, const gate::Decision& decision,
                      const std::vector<report::ReportRequest>& requests, const LogChoice& log);

}  // namespace smtpspec::cli
