// SPDX-License-Identifier: Apache-2.0
#include <ctime>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/expectation_options.hpp"
#include "cli/selection_options.hpp"
#include "engine/invariants.hpp"
#include "gate/expectation_check.hpp"
#include "gate/expectation_update.hpp"
#include "interop/case_id.hpp"
#include "interop/corpus.hpp"
#include "result/atomic_file.hpp"
#include "result/results_json.hpp"

namespace smtpspec::cli {
namespace {

struct ExpectCommand {
  std::string file;
  std::vector<std::string> results;
  SelectionOptions suite;
  bool pin_outcomes = false;
  bool strict = false;

  ExitCode update() const;
  ExitCode prune() const;
  ExitCode check() const;

 private:
  std::variant<std::vector<result::Run>, ExitCode> read_runs() const;
  std::variant<gate::ExpectationText, ExitCode> read_file(bool may_be_new,
                                                          const std::vector<result::Run>& runs) const;
  std::variant<std::set<std::string>, ExitCode> known_ids(const LoadedSuite& loaded,
                                                          const gate::ExpectationText& text) const;
  ExitCode write(const gate::ExpectationText& text, const gate::UpdateReport& report) const;
};

// The patterns that speak of messages between pairs of servers.
std::vector<std::string> patterns_of_pairs(const gate::ExpectationText& text) {
  std::vector<std::string> patterns;
  for (const auto& entry : text.file().entries) {
    for (const auto& pattern : entry.cases) {
      if (pattern.substr(0, pattern.find('/')) == interop::target_name) patterns.push_back(pattern);
    }
  }
  return patterns;
}

// One file is about one target: what another does must not be written into it.
ExitCode of_one_target(const std::vector<result::Run>& runs, const std::vector<std::string>& names) {
  for (std::size_t i = 1; i < runs.size(); ++i) {
    if (runs[i].target.name != runs[0].target.name)
      return complain(ExitCode::usage,
                      fmt::format("{} is a run of '{}', {} of '{}': one file is about one target", names[0],
                                  runs[0].target.name, names[i], runs[i].target.name));
  }
  return ExitCode::green;
}

std::variant<std::vector<result::Run>, ExitCode> ExpectCommand::read_runs() const {
  std::vector<result::Run> runs;
  for (const auto& path : results) {
    auto run = result::read_results(path);
    if (!run) return complain(run.problems());
    if (!run->aborted.empty())
      return complain(ExitCode::usage,
                      fmt::format("{} is a run that was cut short ({}): it says nothing of the "
                                  "cases that were not played",
                                  path, run->aborted));
    if (strict) run->options["strict"] = "true";
    runs.push_back(std::move(*run));
  }
  if (const auto code = of_one_target(runs, results); code != ExitCode::green) return code;
  return runs;
}

std::variant<std::set<std::string>, ExitCode> ExpectCommand::known_ids(
    const LoadedSuite& loaded, const gate::ExpectationText& text) const {
  std::set<std::string> ids;
  for (const auto& one : loaded.suite.cases) ids.insert(one.id);
  for (auto& id : engine::Invariants::ids()) ids.insert(std::move(id));
  const auto patterns = patterns_of_pairs(text);
  if (patterns.empty()) return ids;
  const auto corpus = interop::load_corpus(loaded.data.messages() / "corpus.toml", loaded.catalogue);
  if (!corpus) return complain(corpus.problems());
  for (const auto& pattern : patterns) {
    for (auto& id : interop::possible_ids(pattern, *corpus)) ids.insert(std::move(id));
  }
  return ids;
}

std::variant<gate::ExpectationText, ExitCode> ExpectCommand::read_file(
    bool may_be_new, const std::vector<result::Run>& runs) const {
  std::error_code ignored;
  std::string text;
  if (!may_be_new || std::filesystem::exists(file, ignored)) {
    auto read = gate::read_expectation_text(file);
    if (!read) return complain(read.problems());
    text = std::move(*read);
  }
  auto parsed = gate::ExpectationText::parse(std::move(text), file);
  if (!parsed) return complain(parsed.problems());
  if (!runs.empty()) {
    if (const auto code = complain_of_another_target(parsed->file(), runs[0].target.name)) return *code;
  }
  return std::move(*parsed);
}

ExitCode ExpectCommand::write(const gate::ExpectationText& text, const gate::UpdateReport& report) const {
  if (text.is_changed()) {
    const auto changed = text.changed_text();
    // What was written by us is read by us before it takes the place of what a person wrote.
    if (const auto again = gate::parse_expectations(changed, file); !again) {
      complain(again.problems());
      return complain(ExitCode::infrastructure, "the changed file would not be valid; nothing was written");
    }
    if (const auto failed = result::write_file_atomically(file, changed))
      return complain(ExitCode::infrastructure, failed->message);
  }
  std::string lines;
  for (const auto& line : report.done) lines += line + "\n";
  for (const auto& line : report.left) lines += "left: " + line + "\n";
  lines += fmt::format("{}: {}\n", file, text.is_changed() ? "written" : "nothing to change");
  return print(lines) ? ExitCode::green : ExitCode::infrastructure;
}

ExitCode ExpectCommand::update() const {
  auto runs = read_runs();
  if (auto* code = std::get_if<ExitCode>(&runs)) return *code;
  auto text = read_file(true, std::get<std::vector<result::Run>>(runs));
  if (auto* code = std::get_if<ExitCode>(&text)) return *code;
  auto loaded = load(suite);
  if (auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  auto& known = std::get<gate::ExpectationText>(text);
  auto ids = known_ids(std::get<LoadedSuite>(loaded), known);
  if (auto* code = std::get_if<ExitCode>(&ids)) return *code;
  const gate::UpdateOptions options{pin_outcomes, std::get<std::set<std::string>>(std::move(ids))};
  const auto report = gate::update(known, std::get<std::vector<result::Run>>(runs), options);
  return write(known, report);
}

ExitCode ExpectCommand::prune() const {
  auto runs = read_runs();
  if (auto* code = std::get_if<ExitCode>(&runs)) return *code;
  auto text = read_file(false, std::get<std::vector<result::Run>>(runs));
  if (auto* code = std::get_if<ExitCode>(&text)) return *code;
  auto loaded = load(suite);
  if (auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  auto& known = std::get<gate::ExpectationText>(text);
  const auto ids = known_ids(std::get<LoadedSuite>(loaded), known);
  if (auto* code = std::get_if<ExitCode>(&ids)) return *code;
  const auto report =
      gate::prune(known, std::get<std::vector<result::Run>>(runs), std::get<std::set<std::string>>(ids));
  return write(known, report);
}

ExitCode ExpectCommand::check() const {
  auto runs = read_runs();
  if (auto* code = std::get_if<ExitCode>(&runs)) return *code;
  auto text = read_file(false, std::get<std::vector<result::Run>>(runs));
  if (auto* code = std::get_if<ExitCode>(&text)) return *code;
  auto loaded = load(suite);
  if (auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  const auto& known = std::get<LoadedSuite>(loaded);
  const auto& entries = std::get<gate::ExpectationText>(text);
  auto ids = known_ids(known, entries);
  if (auto* code = std::get_if<ExitCode>(&ids)) return *code;
  gate::CheckAgainst against;
  against.case_ids = std::get<std::set<std::string>>(std::move(ids));
  for (const auto& [id, one] : known.catalogue.requirements()) against.requirements.insert(id);
  against.today = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
  against.runs = std::get<std::vector<result::Run>>(std::move(runs));
  const auto problems = gate::check(entries, against);
  if (!problems.empty()) {
    complain(problems);
    return complain(ExitCode::red, fmt::format("{}: {} to mend", file, problems.size()));
  }
  print(fmt::format("{}: {} entries, nothing to mend\n", file, entries.file().entries.size()));
  return ExitCode::green;
}

void add_suite_options(CLI::App& sub, ExpectCommand& command) {
  sub.add_option("--data", command.suite.data, "Folder with the bundled scenarios and fixtures")
      ->type_name("DIR");
  sub.add_option("--scenarios", command.suite.words,
                 "Files and folders of your own scenarios, in place of those bundled")
      ->type_name("PATH");
}

}  // namespace

void add_expect(CLI::App& app, ExitCode& code) {
  auto command = std::make_shared<ExpectCommand>();
  auto& sub =
      *app.add_subcommand("expect", "Keep an expectation file: what is known and accepted of a target");
  sub.require_subcommand(1);
  auto& update = *sub.add_subcommand(
      "update", "Add what these runs show and the file does not know; takes nothing away");
  auto& prune = *sub.add_subcommand("prune", "Take out what these runs no longer show");
  auto& check =
      *sub.add_subcommand("check", "Look for what keeps the file from being trusted, in these runs too");
  for (auto* one : {&update, &prune, &check}) {
    one->add_option("file", command->file, "The expectation file")->required();
    auto* results =
        one->add_option("results", command->results, "Stored runs of the target, best one for each --client");
    if (one != &check) results->required();
    add_suite_options(*one, *command);
  }
  update.add_flag("--pin-outcomes", command->pin_outcomes, "New entries also say how a case deviates");
  check.add_flag("--strict", command->strict,
                 "A missed SHOULD without an entry is to mend too, as in a run with --strict");
  update.callback([command, &code] { code = command->update(); });
  prune.callback([command, &code] { code = command->prune(); });
  check.callback([command, &code] { code = command->check(); });
}

}  // namespace smtpspec::cli
