// SPDX-License-Identifier: Apache-2.0
#include "cli/option_checks.hpp"

#include <CLI/CLI.hpp>

namespace smtpspec::cli {

CLI::Validator not_empty() {
  const auto check = [](std::string& word) {
    return word.empty() ? std::string("it is empty; is a variable not set?") : std::string();
  };
  return CLI::Validator(check, "", "not empty");
}

}  // namespace smtpspec::cli
