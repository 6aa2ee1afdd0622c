// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/nearest_word.hpp"
#include "cli/commands.hpp"
#include "cli/complaints.hpp"
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
  std::vector<std::string> reports;
  std::string only = "differences";
  std::string format = "console";
  bool all = false;
  bool exit_code = false;

  ExitCode execute();

 private:
  std::optional<ExitCode> read_stored();
  std::optional<ExitCode> choose_rows(const compare::Matrix& matrix);
  std::vector<std::string> column_names() const;
  ExitCode finish();

  std::vector<report::MatrixReportRequest> requests_;
  std::vector<result::Run> runs_;
  report::MatrixConsoleOptions console_;
};

// The same file by another name is the same file.
std::string other_name_of(const std::vector<std::string>& words, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) {
    std::error_code ignored;
    if (words[i] == words[index] || fs::equivalent(words[i], words[index], ignored)) return words[i];
  }
  return {};
}

ExitCode CompareCommand::execute() {
  auto requests = report::parse_matrix_reports(reports);
  if (!requests) {
    complain(requests.problems());
    return ExitCode::usage;
  }
  requests_ = std::move(*requests);
  if (words.size() < 2)
    return complain(ExitCode::usage, "compare needs two or more stored runs, such as old.json new.json");
  const auto failures = report::check_matrix_reports(requests_);
  for (const auto& failure : failures) complain(ExitCode::infrastructure, failure.message);
  if (!failures.empty()) return ExitCode::infrastructure;
  if (const auto code = read_stored()) return *code;
  return finish();
}

std::optional<ExitCode> CompareCommand::read_stored() {
  std::vector<base::Diagnostic> problems;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (const auto other = other_name_of(words, i); !other.empty())
      return complain(ExitCode::usage, fmt::format("{} and {} are the same file", other, words[i]));
    auto run = result::read_results(words[i]);
    if (run)
      runs_.push_back(std::move(*run));
    else
      problems.insert(problems.end(), run.problems().begin(), run.problems().end());
  }
  if (!problems.empty()) return complain(problems);
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
std::vector<std::string> CompareCommand::column_names() const {
  std::vector<std::string> names(runs_.size());
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    const auto& one = runs_[i].target;
    const auto alike = std::count_if(runs_.begin(), runs_.end(), [&](const result::Run& other) {
      return other.target.name == one.name && other.target.version == one.version;
    });
    if (alike > 1) names[i] = fmt::format("{} {}", one.name, fs::path(words[i]).stem().string());
  }
  return names;
}

ExitCode CompareCommand::finish() {
  const auto matrix = compare::make_matrix(runs_, column_names());
  if (const auto code = choose_rows(matrix)) return *code;
  warn_of_suites(matrix);
  console_.plain = format == "plain";
  console_.colour = !console_.plain && report::wants_colour(stdout);
  if (all) console_.most_rows = matrix.rows.size();
  const auto failures = report::write_matrix_reports(matrix, requests_);
  const bool is_taken =
      std::any_of(requests_.begin(), requests_.end(), [](const auto& one) { return one.path == "-"; });
  const bool printed = is_taken || print(report::matrix_console(matrix, console_));
  for (const auto& failure : failures) complain(ExitCode::infrastructure, failure.message);
  if (!failures.empty() || !printed) return ExitCode::infrastructure;
  return exit_code && differs(matrix) ? ExitCode::red : ExitCode::green;
}

}  // namespace

void add_compare(CLI::App& app, ExitCode& code) {
  auto command = std::make_shared<CompareCommand>();
  auto& sub = *app.add_subcommand("compare", "Put several runs side by side and tell what differs");
  sub.add_option("runs", command->words,
                 "Stored runs (results.json); two of one target are told as old and new: what is broken, "
                 "changed, fixed, gone, new")
      ->required();
  sub.add_option("--report", command->reports, "FORMAT:PATH; formats: json, csv, markdown, html")
      ->type_name("FORMAT:PATH");
  sub.add_option("--only", command->only,
                 "Rows to print: differences, verdicts (only where the verdicts differ), all, or a column's "
                 "name: what it alone does");
  sub.add_flag("--all", command->all, "Print every row that --only asks for, not the first 60");
  sub.add_flag("--exit-code", command->exit_code,
               "1 if they differ: in a case's verdict, its outcome, or, where it has no outcome, the reply "
               "that decided it; of old and new also in a requirement's verdict, and by a case that is gone "
               "or new. Texts, times, ports and tokens are never compared");
  sub.add_option("--format", command->format, "console or plain")->check(CLI::IsMember({"console", "plain"}));
  sub.callback([command, &code] { code = command->execute(); });
}

}  // namespace smtpspec::cli
