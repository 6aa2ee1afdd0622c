// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/selection_options.hpp"
#include "scenario/lint.hpp"

namespace smtpspec::cli {
namespace {

ExitCode list(const SelectionOptions& options) {
  auto loaded = load_heads(options);
  if (auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  auto cases = choose(options, std::get<LoadedSuite>(loaded));
  if (auto* code = std::get_if<ExitCode>(&cases)) return *code;
  std::string text;
  for (const auto* one : std::get<std::vector<const scenario::Case*>>(cases)) {
    fmt::format_to(std::back_inserter(text), "{}\t{}\n", one->id, one->title);
  }
  return print(text) ? ExitCode::green : ExitCode::infrastructure;
}

ExitCode lint(const SelectionOptions& options) {
  auto loaded = load(options);
  if (auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  const auto& suite = std::get<LoadedSuite>(loaded);
  const auto problems = scenario::lint(suite.suite, suite.catalogue);
  if (!problems.empty()) return complain(problems);
  print(fmt::format("{} cases, nothing to mend\n", suite.suite.cases.size()));
  return ExitCode::green;
}

template <typename Execute>
void add(CLI::App& app, ExitCode& code, const char* name, const char* gist, Execute execute) {
  auto options = std::make_shared<SelectionOptions>();
  auto& sub = *app.add_subcommand(name, gist);
  options->add_to(sub);
  sub.callback([options, execute, &code] { code = execute(*options); });
}

}  // namespace

void add_list(CLI::App& app, ExitCode& code) {
  add(app, code, "list", "List case ids and titles", list);
}

void add_lint(CLI::App& app, ExitCode& code) {
  add(app, code, "lint", "Look for what is wrong with scenarios without playing them", lint);
}

}  // namespace smtpspec::cli
