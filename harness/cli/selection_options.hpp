// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/data_folder.hpp"
#include "gate/exit_code.hpp"
#include "scenario/catalogue.hpp"
#include "scenario/selection.hpp"
#include "scenario/suite.hpp"

namespace CLI {
class App;
}

namespace smtpspec::cli {

/// Which scenarios are read and which cases of them are wanted: the options that `run`, `list` and `lint`
/// share.
struct SelectionOptions {
  std::string data;
  std::vector<std::string> words;  ///< ids, globs, or files and folders of a user's own scenarios
  scenario::Selection selection;
  std::string rerun_failed;      ///< a results.json: only what was red in it
  std::string profile = "safe";  ///< safe or disruptive
  bool slow = false;

  /// The words are positional, or an option where the command has other words.
  void add_to(CLI::App& command, const char* name_of_cases = "cases");

  /// Those of the words that name files and folders.
  std::vector<std::string> own_places() const;

  /// Some filter leaves out cases that a run without options would play.
  bool narrows() const;
};

/// What was loaded for a command. The cases point into the suite.
struct LoadedSuite {
  DataFolder data;
  scenario::Suite suite;
  scenario::Catalogue catalogue;
};

/// Loads scenarios and catalogue. Complains on standard error and gives the exit code when it can't.
std::variant<LoadedSuite, gate::ExitCode> load(const SelectionOptions& options);

/// Loads what a list of cases needs: the heads of the scenarios, and the catalogue where cases are chosen by
/// it.
std::variant<LoadedSuite, gate::ExitCode> load_heads(const SelectionOptions& options);

/// Chooses the cases. A word that matches nothing, and a choice that is empty, are usage errors.
std::variant<std::vector<const scenario::Case*>, gate::ExitCode> choose(const SelectionOptions& options,
                                                                        const LoadedSuite& loaded);

}  // namespace smtpspec::cli
