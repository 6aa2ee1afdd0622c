// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "scenario/lint_checks.hpp"
#include "scenario/visit_steps.hpp"

namespace smtpspec::scenario {
namespace {

// An id and the line at or below which it was written.
struct Cited {
  std::string id;
  std::uint32_t line;
};

void add_all(const std::vector<std::string>& ids, const base::SourcePosition& at, std::vector<Cited>& into) {
  for (const auto& id : ids) into.push_back({id, at.line});
}

std::vector<Cited> cited_requirements(const Case& scenario) {
  std::vector<Cited> cited;
  add_all(scenario.covers, scenario.position, cited);
  for (const auto& check : scenario.delivered) add_all(check.covers, check.position, cited);
  visit_steps(scenario.steps, [&cited](const Step& step) {
    add_all(step.covers, step.position, cited);
    if (const auto* check = std::get_if<CheckDelivered>(&step.action))
      add_all(check->check.covers, check->check.position, cited);
    const auto* alternatives = std::get_if<OneOf>(&step.answer);
    if (!alternatives) return;
    for (const auto& alternative : *alternatives) add_all(alternative.covers, alternative.position, cited);
  });
  return cited;
}

}  // namespace

void check_known_requirements(const Case& scenario, const Catalogue& catalogue, Remarks& remarks) {
  for (const auto& cited : cited_requirements(scenario)) {
    if (catalogue.find(cited.id)) continue;
    const auto near = catalogue.nearest(cited.id);
    remarks.add(remarks.find(cited.id, cited.line),
                fmt::format("the catalogue has no requirement '{}'", cited.id),
                near.empty() ? "scenarios/requirements holds the catalogue, one file for each RFC"
                             : fmt::format("did you mean '{}'?", near));
  }
}

bool cites_the_target(const Case& scenario, const Catalogue& catalogue) {
  const auto cited = cited_requirements(scenario);
  return cited.empty() || std::any_of(cited.begin(), cited.end(), [&](const Cited& one) {
           const auto* requirement = catalogue.find(one.id);
           return !requirement || binds_target(*requirement, scenario.role);
         });
}

}  // namespace smtpspec::scenario
