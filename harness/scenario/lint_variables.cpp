// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/nearest_word.hpp"
#include "scenario/lint_checks.hpp"
#include "scenario/variables.hpp"
#include "scenario/visit_steps.hpp"

namespace smtpspec::scenario {
namespace {

constexpr std::string_view ehlo_prefix = "ehlo.";

std::set<std::string> captured_names(const Case& scenario) {
  std::set<std::string> names;
  visit_steps(scenario.steps, [&names](const Step& step) {
    for (const auto& [name, pattern] : step.capture) names.insert(name);
  });
  return names;
}

bool needs_keyword(const Case& scenario, std::string_view keyword) {
  return std::any_of(scenario.needs.begin(), scenario.needs.end(),
                     [keyword](const Need& need) { return !need.absent && need.keyword == keyword; });
}

std::string nearest_hint(const std::string& name, const std::set<std::string>& captured) {
  auto known = known_variable_names();
  known.insert(known.end(), captured.begin(), captured.end());
  const auto near = base::nearest_word(name, known);
  return near.empty()
             ? "variables are those of scenarios/README.md, columns of 'each', and what 'capture' took"
             : fmt::format("did you mean '{}'?", near);
}

}  // namespace

void check_variables(const Case& scenario, Remarks& remarks) {
  const auto captured = captured_names(scenario);
  visit_templates(scenario, [&](const Template& text, const base::SourcePosition& at) {
    if (text.if_literal()) return;
    for (const auto& name : text.variable_names()) {
      if (name == "file" || is_known_variable(name) || captured.contains(name)) continue;
      const auto place = remarks.find(name, at.line);
      if (!name.starts_with(ehlo_prefix)) {
        remarks.add(place, fmt::format("nothing sets the variable '{}'", name), nearest_hint(name, captured));
      } else if (const auto keyword = name.substr(ehlo_prefix.size()); !needs_keyword(scenario, keyword)) {
        remarks.add(place, fmt::format("'{}' is not there where the target does not offer {}", name, keyword),
                    fmt::format("add needs = [\"{}\"]", keyword));
      }
    }
  });
}

}  // namespace smtpspec::scenario
