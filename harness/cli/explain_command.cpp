// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/caught_table.hpp"
#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/selection_options.hpp"

namespace smtpspec::cli {
namespace {

struct ExplainCommand {
  std::string id;
  SelectionOptions selection;

  ExitCode execute();

 private:
  ExitCode explain_requirement(const LoadedSuite& loaded, const base::Requirement& requirement) const;
  ExitCode explain_cases(const LoadedSuite& loaded);
};

std::string describe(const base::Requirement& one) {
  auto text =
      fmt::format("{}  {}  RFC {} section {}\n  {}\n", one.id, one.level, one.rfc, one.section, one.gist);
  text += fmt::format("  binds: {}; a breach is at most: {}\n", one.party, base::to_string(one.worst));
  if (!one.superseded_by.empty()) text += fmt::format("  replaced by: {}\n", one.superseded_by);
  return text;
}

std::string catchers(const CaughtTable& caught, const std::string& case_id) {
  std::string text;
  for (const auto& [defect, ids] : caught) {
    if (ids.contains(case_id)) text += (text.empty() ? "" : ", ") + defect;
  }
  return text.empty() ? "none yet" : text;
}

ExitCode ExplainCommand::explain_requirement(const LoadedSuite& loaded,
                                             const base::Requirement& requirement) const {
  auto text = describe(requirement) + "\nCases that cover it:\n";
  for (const auto& one : loaded.suite.cases) {
    const auto& ids = one.covers;
    if (std::find(ids.begin(), ids.end(), requirement.id) != ids.end()) text += "  " + one.id + "\n";
  }
  return print(text) ? ExitCode::green : ExitCode::infrastructure;
}

ExitCode ExplainCommand::explain_cases(const LoadedSuite& loaded) {
  selection.words = {id};
  selection.slow = true;
  selection.profile = "disruptive";
  auto cases = choose(selection, loaded);
  if (auto* code = std::get_if<ExitCode>(&cases)) return *code;
  const auto caught = read_caught(loaded.data.caught());
  std::string text;
  for (const auto* one : std::get<std::vector<const scenario::Case*>>(cases)) {
    text += fmt::format("{}\n  {}\n", one->id, one->title);
    if (!one->why.empty()) text += fmt::format("  why: {}\n", one->why);
    for (const auto& requirement : one->covers) {
      if (const auto* known = loaded.catalogue.find(requirement)) text += describe(*known);
    }
    text += fmt::format("  defects it catches: {}\n\n", catchers(caught, one->id));
    text += fmt::format("  {}:{}\n", one->position.file, one->position.line);
    for (const auto& line : one->source_lines) text += "  | " + line + "\n";
    text += "\n";
  }
  return print(text) ? ExitCode::green : ExitCode::infrastructure;
}

ExitCode ExplainCommand::execute() {
  auto loaded = load(selection);
  if (auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  const auto& suite = std::get<LoadedSuite>(loaded);
  if (const auto* requirement = suite.catalogue.find(id)) return explain_requirement(suite, *requirement);
  return explain_cases(suite);
}

}  // namespace

void add_explain(CLI::App& app, ExitCode& code) {
  auto command = std::make_shared<ExplainCommand>();
  auto& sub = *app.add_subcommand("explain", "Tell what a case or a requirement is about");
  sub.add_option("id", command->id, "A case id, a prefix of it, or a requirement id like R5321-4.5.2-b")
      ->required();
  sub.add_option("--data", command->selection.data, "Folder with the bundled scenarios and fixtures")
      ->type_name("DIR");
  sub.callback([command, &code] { code = command->execute(); });
}

}  // namespace smtpspec::cli
