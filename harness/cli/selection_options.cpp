// SPDX-License-Identifier: Apache-2.0
#include "cli/selection_options.hpp"

#include <future>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/complaints.hpp"
#include "gate/decision.hpp"
#include "result/results_json.hpp"
#include "scenario/lint.hpp"

namespace smtpspec::cli {
namespace {

using gate::ExitCode;
namespace fs = std::filesystem;

// A word that names a file or folder is a place of the user's own scenarios, as with pytest; all else is an
// id.
bool is_path(const std::string& word) {
  std::error_code ignored;
  const bool looks_like_one = word.ends_with(".toml") || word.starts_with(".") || word.starts_with("/");
  return looks_like_one || fs::is_directory(word, ignored);
}

std::vector<fs::path> places(const SelectionOptions& options, const DataFolder& data) {
  const auto own = options.own_places();
  if (own.empty()) return {data.scenarios()};
  return {own.begin(), own.end()};
}

std::vector<std::string> ids(const SelectionOptions& options) {
  std::vector<std::string> ids;
  for (const auto& word : options.words) {
    if (!is_path(word)) ids.push_back(word);
  }
  return ids;
}

// The red cases of an earlier run; invariants are not played, they come by themselves.
std::variant<std::vector<std::string>, ExitCode> red_ids(const std::string& path) {
  const auto run = result::read_results(path);
  if (!run) return complain(run.problems());
  const auto decision = gate::decide(*run, gate::policy_of(*run));
  std::vector<std::string> red;
  for (std::size_t i = 0; i < run->cases.size(); ++i) {
    if (decision.cases[i].red && !run->cases[i].id.starts_with("invariants/"))
      red.push_back(run->cases[i].id);
  }
  if (red.empty())
    return complain(ExitCode::usage, fmt::format("no case was red in {}: nothing to run again", path));
  return red;
}

}  // namespace

void SelectionOptions::add_to(CLI::App& command, const char* name_of_cases) {
  command.add_option(name_of_cases, words,
                     "Case ids, prefixes of ids, globs with *; or files and folders of your own");
  command.add_option("--data", data, "Folder with the bundled scenarios and fixtures")->type_name("DIR");
  command.add_option("--exclude", selection.exclude, "Leave these ids out")->type_name("ID");
  command.add_option("--tag", selection.tags, "Only cases with this tag");
  command.add_option("--level", selection.levels,
                     "Only cases that cover a requirement of this level (MUST, SHOULD, ...)");
  command.add_option("--rfc", selection.rfcs, "Only this RFC or section of it: 5321, 5321/4.1")
      ->type_name("N[/S]");
  command.add_option("--suite", selection.suite, "Only what stood in this version of the suite")
      ->type_name("VERSION");
  command.add_option("--rerun-failed", rerun_failed, "Only the cases that were red in this results.json")
      ->type_name("FILE");
  command.add_option("--profile", profile, "safe, or disruptive: also what may harm the server")
      ->check(CLI::IsMember({"safe", "disruptive"}));
  command.add_flag("--slow", slow, "Also slow cases");
}

std::vector<std::string> SelectionOptions::own_places() const {
  std::vector<std::string> own;
  for (const auto& word : words) {
    if (is_path(word)) own.push_back(word);
  }
  return own;
}

bool SelectionOptions::narrows() const {
  const bool is_filtered = !selection.exclude.empty() || !selection.tags.empty() ||
                           !selection.levels.empty() || !selection.rfcs.empty();
  return is_filtered || !ids(*this).empty() || !rerun_failed.empty();
}

std::variant<LoadedSuite, ExitCode> load(const SelectionOptions& options) {
  auto found = find_data_folder(options.data);
  if (auto* none = std::get_if<NoDataFolder>(&found)) return complain(ExitCode::usage, none->message);
  auto& data = std::get<DataFolder>(found);
  auto catalogue_to_come = std::async(std::launch::async, scenario::load_catalogue, data.requirements());
  auto suite = scenario::load_suite(places(options, data));
  auto catalogue = catalogue_to_come.get();
  if (!catalogue) return complain(catalogue.problems());
  if (!suite) return complain(suite.problems());
  const auto unknown = scenario::unknown_requirements(*suite, *catalogue);
  if (!unknown.empty()) return complain(unknown);
  return LoadedSuite{std::move(data), std::move(*suite), std::move(*catalogue)};
}

std::variant<LoadedSuite, ExitCode> load_heads(const SelectionOptions& options) {
  if (!options.selection.levels.empty()) return load(options);
  auto found = find_data_folder(options.data);
  if (auto* none = std::get_if<NoDataFolder>(&found)) return complain(ExitCode::usage, none->message);
  auto& data = std::get<DataFolder>(found);
  auto suite = scenario::load_suite(places(options, data), scenario::Extent::heads);
  if (!suite) return complain(suite.problems());
  return LoadedSuite{std::move(data), std::move(*suite), {}};
}

std::variant<std::vector<const scenario::Case*>, ExitCode> choose(const SelectionOptions& options,
                                                                  const LoadedSuite& loaded) {
  auto selection = options.selection;
  selection.ids = ids(options);
  selection.slow = options.slow;
  selection.disruptive = options.profile == "disruptive";
  if (!options.rerun_failed.empty()) {
    auto red = red_ids(options.rerun_failed);
    if (auto* code = std::get_if<ExitCode>(&red)) return *code;
    selection.ids = std::get<std::vector<std::string>>(std::move(red));
  }
  auto selected = scenario::select(loaded.suite, selection, &loaded.catalogue);
  if (!selected.complaints.empty()) {
    for (const auto& complaint : selected.complaints) complain(ExitCode::usage, complaint);
    return ExitCode::usage;
  }
  if (selected.cases.empty())
    return complain(ExitCode::usage, "no case matches all of these options together");
  return std::move(selected.cases);
}

}  // namespace smtpspec::cli
