// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "cli/data_folder.hpp"
#include "gate/exit_code.hpp"
#include "gate/expectation.hpp"
#include "result/model.hpp"

namespace smtpspec::cli {

/// Reads what `--expectations` names: a file, or `bundled`, the one that comes with smtpspec for this target.
/// Empty when the option is. Complains on standard error of a file that is missing, wrong, or about another
/// target.
std::variant<result::Expectations, gate::ExitCode> read_expectations_for(const std::string& option,
                                                                         const std::string& target_name,
                                                                         const DataFolder& data);

/// Likewise for a run that is stored; only a file can be named.
std::variant<result::Expectations, gate::ExitCode> read_expectations_for(const std::string& path,
                                                                         const std::string& target_name);

/// Complains of a file that says it is about another target.
std::optional<gate::ExitCode> complain_of_another_target(const gate::ExpectationFile& file,
                                                         const std::string& target_name);

}  // namespace smtpspec::cli
