// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/nearest_word.hpp"
#include "base/toml_reader.hpp"
#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/contestants.hpp"
#include "cli/option_checks.hpp"
#include "cli/selection_options.hpp"
#include "cli/side_by_side.hpp"
#include "compare/changes.hpp"
#include "compare/matrix.hpp"
#include "report/matrix_console.hpp"
#include "report/matrix_format.hpp"
#include "report/progress.hpp"
#include "result/results_json.hpp"

namespace smtpspec::cli {
namespace {

namespace fs = std::filesystem;
using Rows = report::MatrixConsoleOptions::Rows;

struct CompareCommand {
  std::vector<std::string> words;
  SelectionOptions selection;
  engine::RunOptions run;
  ContestantOptions contestants;
  std::vector<std::string> reports;
  std::string save;
  std::string only = "differences";
  std::string format = "console";
  std::string max_time;
  std::uint32_t instances = 1;
  bool skip_missing = false;
  bool all = false;
  bool exit_code = false;
  bool quiet = false;

  ExitCode execute();

 private:
  std::optional<ExitCode> check_options();
  std::optional<ExitCode> play(std::vector<Contestant> chosen, const LoadedSuite& loaded);
  std::vector<std::string> column_names(const std::vector<std::string>& stems) const;
  std::optional<ExitCode> choose_rows(const compare::Matrix& matrix);
  bool write(const compare::Matrix& matrix);
  ExitCode judge(const compare::Matrix& matrix) const;
  ExitCode finish(const compare::Matrix& matrix);

  std::vector<report::MatrixReportRequest> requests_;
  report::MatrixConsoleOptions console_;
  SideBySide played_;
};

ExitCode CompareCommand::execute() {
  if (const auto code = check_options()) return *code;
  // Without a target to play against nothing but the stored runs is read.
  const bool plays = !std::all_of(words.begin(), words.end(), names_stored_run);
  std::optional<LoadedSuite> loaded;
  if (plays) {
    auto suite = load(selection);
    if (auto* code = std::get_if<ExitCode>(&suite)) return *code;
    loaded = std::get<LoadedSuite>(std::move(suite));
  }
  auto chosen = choose_contestants(words, contestants, loaded ? std::optional(loaded->data) : std::nullopt);
  if (auto* code = std::get_if<ExitCode>(&chosen)) return *code;
  auto& all_chosen = std::get<std::vector<Contestant>>(chosen);
  std::vector<std::string> stems;
  for (const auto& one : all_chosen)
    stems.push_back(one.stored ? fs::path(one.word).stem().string() : std::string());
  if (plays) {
    if (const auto code = play(std::move(all_chosen), *loaded)) return *code;
  } else {
    for (auto& one : all_chosen) played_.runs.push_back(std::move(*one.stored));
  }
  return finish(compare::make_matrix(played_.runs, column_names(stems)));
}

// All that can be known to be wrong before anything is started.
std::optional<ExitCode> CompareCommand::check_options() {
  auto requests = report::parse_matrix_reports(reports);
  if (!requests) {
    complain(requests.problems());
    return ExitCode::usage;
  }
  requests_ = std::move(*requests);
  if (!max_time.empty()) {
    const auto ms = base::parse_duration_ms(max_time);
    if (!ms)
      return complain(ExitCode::usage,
                      fmt::format("--max-time: '{}' is no duration; write it like 90s or 5m", max_time));
    run.schedule.max_time = std::chrono::milliseconds(*ms);
  }
  auto failures = report::check_matrix_reports(requests_);
  if (!save.empty()) {
    if (auto failed = result::check_writable(fs::path(save) / "results.json"))
      failures.push_back(std::move(*failed));
  }
  for (const auto& failure : failures) complain(ExitCode::infrastructure, failure.message);
  if (!failures.empty()) return ExitCode::infrastructure;
  return std::nullopt;
}

std::optional<ExitCode> CompareCommand::play(std::vector<Contestant> chosen, const LoadedSuite& loaded) {
  auto cases = choose(selection, loaded);
  if (auto* code = std::get_if<ExitCode>(&cases)) return *code;
  run.messages = loaded.data.messages();
  played_ = play_side_by_side(std::move(chosen), loaded, std::get<std::vector<const scenario::Case*>>(cases),
                              selection, run, instances, !quiet);
  return std::nullopt;
}

std::optional<ExitCode> CompareCommand::choose_rows(const compare::Matrix& matrix) {
  const std::pair<const char*, Rows> words_of_rows[] = {
      {"all", Rows::all}, {"differences", Rows::differences}, {"verdicts", Rows::verdicts}};
  std::vector<std::string> known;
  for (std::size_t i = 0; i < matrix.columns.size(); ++i) {
    known.push_back(matrix.columns[i].name);
    if (only == matrix.columns[i].name) console_.only_column = i;
  }
  if (console_.only_column) return std::nullopt;
  for (const auto& [word, rows] : words_of_rows) {
    known.emplace_back(word);
    if (only != word) continue;
    console_.rows = rows;
    return std::nullopt;
  }
  const auto near = base::nearest_word(only, known);
  return complain(ExitCode::usage, fmt::format("--only: '{}' is none of {}{}", only, fmt::join(known, ", "),
                                               near.empty() ? "" : "; did you mean " + near + "?"));
}

// Different suites are no error: what only one of them has is told as gone or new.
void warn_of_suites(const compare::Matrix& matrix) {
  const auto& first = *matrix.columns.front().run;
  for (const auto& column : matrix.columns) {
    if (column.run->suite_version == first.suite_version) continue;
    complain(ExitCode::green,
             fmt::format("{} is of suite {} and {} of suite {}: cases of one alone are not compared",
                         matrix.columns.front().name, first.suite_version, column.name,
                         column.run->suite_version));
    return;
  }
}

bool differs(const compare::Matrix& matrix) {
  if (compare::is_old_and_new(matrix)) return !compare::changes_between(matrix, 0, 1).empty();
  return matrix.differing_rows() > 0;
}

// Runs of one target that can't be told apart by its version are told apart by their files.
std::vector<std::string> CompareCommand::column_names(const std::vector<std::string>& stems) const {
  const auto& runs = played_.runs;
  std::vector<std::string> names(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& one = runs[i].target;
    const auto alike = std::count_if(runs.begin(), runs.end(), [&](const result::Run& other) {
      return other.target.name == one.name && other.target.version == one.version;
    });
    if (alike > 1 && !stems[i].empty()) names[i] = fmt::format("{} {}", one.name, stems[i]);
  }
  return names;
}

std::string file_name_of(const compare::Column& column) {
  std::string name;
  for (const char c : column.name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '@' || c == '.' || c == '_';
    name += plain ? c : '-';
  }
  return (name.front() == '.' ? "run" : "") + name + ".json";
}

// True when everything that was asked for could be written.
bool CompareCommand::write(const compare::Matrix& matrix) {
  auto failures = report::write_matrix_reports(matrix, requests_);
  for (const auto& spent : played_.times) {
    if (save.empty()) break;
    const auto& column = matrix.columns[spent.column];
    auto failed =
        result::write_file_atomically(fs::path(save) / file_name_of(column), result::to_json(*column.run));
    if (failed) failures.push_back(std::move(*failed));
  }
  for (const auto& failure : failures) complain(ExitCode::infrastructure, failure.message);
  return failures.empty();
}

ExitCode CompareCommand::finish(const compare::Matrix& matrix) {
  const auto wrong_rows = choose_rows(matrix);
  warn_of_suites(matrix);
  console_.plain = format == "plain";
  console_.colour = !console_.plain && report::wants_colour(stdout);
  console_.notes = times_text(matrix, played_);
  if (all) console_.most_rows = matrix.rows.size();
  const bool written = write(matrix);
  const bool is_taken =
      std::any_of(requests_.begin(), requests_.end(), [](const auto& one) { return one.path == "-"; });
  const bool printed = is_taken || wrong_rows || print(report::matrix_console(matrix, console_));
  if (played_.stopped == "interrupted") return ExitCode::interrupted;
  if (played_.stopped == "terminated") return ExitCode::terminated;
  if (!written || !printed) return ExitCode::infrastructure;
  if (wrong_rows) return *wrong_rows;
  return judge(matrix);
}

ExitCode CompareCommand::judge(const compare::Matrix& matrix) const {
  const auto missing = not_compared(matrix, played_);
  if (!missing.empty() && !skip_missing) {
    return complain(ExitCode::infrastructure,
                    fmt::format("not compared: {}; --skip-missing lets that pass", fmt::join(missing, ", ")));
  }
  if (ended_early(matrix, played_))
    return complain(ExitCode::red, "not every case was played: --max-time was over");
  if (!exit_code) return ExitCode::green;
  if (differs(matrix)) return ExitCode::red;
  if (matrix.compared_rows() == 0)
    return complain(ExitCode::nothing_judged, "nothing was compared: no case was played against two of them");
  return ExitCode::green;
}

}  // namespace

void add_compare(CLI::App& app, ExitCode& code) {
  auto command = std::make_shared<CompareCommand>();
  auto& sub =
      *app.add_subcommand("compare", "Play the same cases against several targets and tell what differs");
  sub.add_option(
         "targets", command->words,
         "Targets (embedded, a name, NAME@VERSION, a target file, a URL), `all` for those that can be "
         "started here, or stored runs (results.json). Two runs of one target, or of two versions of "
         "it, are told as old and new, the old one first: what is broken, changed, fixed, gone, new")
      ->required();
  command->selection.add_to(sub, "--cases");
  sub.add_option("--report", command->reports,
                 "FORMAT:PATH; formats: " + report::names_of(report::matrix_formats()))
      ->type_name("FORMAT:PATH");
  sub.add_option("--save", command->save, "Also keep the results.json of each target here")
      ->type_name("DIR")
      ->check(not_empty());
  sub.add_option("--only", command->only,
                 "Rows to print: differences, verdicts (only where the verdicts differ), all, or a column's "
                 "name: what it alone does");
  sub.add_flag("--all", command->all, "Print every row that --only asks for, not the first 60");
  sub.add_flag("--exit-code", command->exit_code,
               "5 if nothing could be compared, 1 if they differ: in a case's verdict, its outcome, or, "
               "where it has no outcome, the reply "
               "that decided it; of old and new also in a requirement's verdict, and by a case that is gone "
               "or new. Texts, times, ports and tokens are never compared");
  sub.add_flag("--skip-missing", command->skip_missing,
               "A target that can't be started or reached is no error (else the exit code is 4)");
  sub.add_flag("--versions", command->contestants.versions,
               "With `all`: also the other versions that are unpacked here");
  sub.add_flag("--allow-remote", command->contestants.allow_remote,
               "Talk to targets that are not on this machine");
  sub.add_option("--jobs", command->run.jobs,
                 "Cases at once against each target (16, or 48 against the embedded)")
      ->check(CLI::Range(1, 1000));
  sub.add_option(
         "--instances", command->instances,
         "Start each server so often and share the cases out: what one waits for, the other one plays "
         "through. --jobs are those of all of them together")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  sub.add_option("--client", command->run.client,
                 "Who the harness is where a case does not say: stranger or trusted")
      ->capture_default_str();
  sub.add_option("--timeout-multiplier", command->run.timeout_multiplier, "Stretch every timeout")
      ->check(CLI::Range(0.1, 100.0));
  sub.add_option("--max-time", command->max_time, "End the runs after this time: 90s, 5m");
  sub.add_option("--format", command->format, "console or plain")->check(CLI::IsMember({"console", "plain"}));
  sub.add_flag("-q,--quiet", command->quiet, "No progress line");
  sub.callback([command, &code] { code = command->execute(); });
}

}  // namespace smtpspec::cli
