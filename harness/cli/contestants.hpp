// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/data_folder.hpp"
#include "cli/target_options.hpp"
#include "gate/exit_code.hpp"
#include "result/model.hpp"

namespace smtpspec::cli {

/// One column of a comparison to be: a stored run, or a target to play against.
struct Contestant {
  std::string word;                    ///< as it was typed
  std::optional<result::Run> stored;   ///< read already
  std::optional<ChosenTarget> target;  ///< to be started
  std::string argument;                ///< the options that name the target, for `smtpspec run`
};

/// How the words of `compare` are taken.
struct ContestantOptions {
  bool allow_remote = false;
  bool versions = false;  ///< with `all`: also the other versions that lie unpacked
};

/// True for a word that names a stored run rather than a target.
bool names_stored_run(const std::string& word);

/// Reads every stored run and every target file; `all` stands for all targets that can be started on this
/// machine, and what can't is named on standard error. Complains of everything that is wrong and gives the
/// exit code.
std::variant<std::vector<Contestant>, gate::ExitCode> choose_contestants(
    const std::vector<std::string>& words, const ContestantOptions& options,
    const std::optional<DataFolder>& data);

}  // namespace smtpspec::cli
