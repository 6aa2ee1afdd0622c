// SPDX-License-Identifier: Apache-2.0
#include "scenario/lint.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "scenario/lint_checks.hpp"

namespace smtpspec::scenario {
namespace {

using base::Diagnostic;

// The rows of one scenario share what is wrong with it: the first time stays.
void drop_repetitions(std::vector<Diagnostic>& diagnostics) {
  std::set<std::tuple<std::string, std::uint32_t, std::uint32_t, std::string>> seen;
  std::erase_if(diagnostics, [&seen](const Diagnostic& d) {
    return !seen.emplace(d.position.file, d.position.line, d.position.column, d.message).second;
  });
}

// Looks at all rows of the scenario that begins here; gives where the next one begins.
std::vector<Case>::const_iterator check_scenario(std::vector<Case>::const_iterator first,
                                                 std::vector<Case>::const_iterator end,
                                                 const Catalogue& catalogue, std::vector<Diagnostic>& into) {
  std::optional<Idle> idle;
  bool all_idle = true;
  auto row = first;
  for (; row != end && row->position == first->position; ++row) {
    idle = all_idle ? why_idle(*row, catalogue, Remarks(*row, into)) : std::nullopt;
    all_idle = idle.has_value();
  }
  if (idle) Remarks(*first, into).add(idle->position, idle->message, idle->hint);
  return row;
}

}  // namespace

void Remarks::add(const base::SourcePosition& at, std::string message, std::string hint) {
  Diagnostic diagnostic;
  diagnostic.position = at;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  const auto index = static_cast<std::size_t>(at.line) - scenario_->position.line;
  if (at.line >= scenario_->position.line && index < scenario_->source_lines.size()) {
    diagnostic.source_line = scenario_->source_lines[index];
  }
  into_->push_back(std::move(diagnostic));
}

base::SourcePosition Remarks::find(std::string_view text, std::uint32_t from_line) const {
  const auto first = std::max(from_line, scenario_->position.line) - scenario_->position.line;
  for (std::size_t i = first; i < scenario_->source_lines.size(); ++i) {
    const auto column = scenario_->source_lines[i].find(text);
    if (column == std::string::npos) continue;
    return {scenario_->position.file, scenario_->position.line + static_cast<std::uint32_t>(i),
            static_cast<std::uint32_t>(column + 1)};
  }
  return scenario_->position;
}

std::vector<Diagnostic> unknown_requirements(const Suite& suite, const Catalogue& catalogue) {
  std::vector<Diagnostic> found;
  for (const auto& scenario : suite.cases) {
    Remarks remarks(scenario, found);
    check_known_requirements(scenario, catalogue, remarks);
  }
  drop_repetitions(found);
  return found;
}

std::vector<Diagnostic> lint(const Suite& suite, const Catalogue& catalogue) {
  auto found = suite.remarks;
  for (const auto& scenario : suite.cases) {
    Remarks remarks(scenario, found);
    check_known_requirements(scenario, catalogue, remarks);
    check_alternatives(scenario, remarks);
    check_groups(scenario, remarks);
    check_variables(scenario, remarks);
  }
  for (auto row = suite.cases.begin(); row != suite.cases.end();)
    row = check_scenario(row, suite.cases.end(), catalogue, found);
  drop_repetitions(found);
  return found;
}

}  // namespace smtpspec::scenario
