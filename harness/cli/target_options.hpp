// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "cli/data_folder.hpp"
#include "gate/exit_code.hpp"
#include "refserver/configuration.hpp"
#include "target/embedded.hpp"
#include "target/host.hpp"
#include "target/target_url.hpp"

namespace CLI {
class App;
}

namespace smtpspec::cli {

/// Which target a command works on.
struct TargetOptions {
  std::string target = "embedded";
  std::string start;  ///< a command line that starts one
  target::PlainTarget plain;
  bool allow_remote = false;
  std::string defect;                ///< of the embedded server
  std::vector<std::string> without;  ///< EHLO keywords that the embedded server is not to offer

  void add_to(CLI::App& command);

  /// These options again as a person would type them, for the command that runs a case again.
  std::string as_typed() const;
};

/// A target before it is served.
struct ChosenTarget {
  target::Target target;
  target::EmbeddedConfiguration configuration;  ///< of the embedded target
};

/// Reads the target file or URL. Complains on standard error and gives the exit code when something is wrong.
std::variant<ChosenTarget, gate::ExitCode> choose_target(const TargetOptions& options,
                                                         const DataFolder& data);

/// The names of all defects of the embedded target: its server's, then its sender's.
std::vector<std::string> every_defect_name();

/// The embedded target's configuration with a defect and without extensions. Complains of unknown names.
std::variant<target::EmbeddedConfiguration, gate::ExitCode> configure(
    const std::string& defect, const std::vector<std::string>& without);

}  // namespace smtpspec::cli
