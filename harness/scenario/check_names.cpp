// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <fmt/format.h>

#include "scenario/read_parts.hpp"
#include "scenario/visit_steps.hpp"

namespace smtpspec::scenario {
namespace {

struct Names {
  std::set<std::string> sessions{"", hop_session};
  std::set<std::string> labels;
};

Names names_made(const Case& scenario) {
  Names names;
  visit_steps(scenario.steps, [&names](const Step& step) {
    if (const auto* open = std::get_if<Open>(&step.action)) names.sessions.insert(open->name);
    if (std::holds_alternative<Accept>(step.action)) names.sessions.insert(step.session);
    if (!step.label.empty()) names.labels.insert(step.label);
  });
  return names;
}

std::string nearest_of(const std::string& written, const std::set<std::string>& known) {
  return did_you_mean(written, {known.begin(), known.end()});
}

}  // namespace

void check_names(Reading& reading, const Case& scenario) {
  const auto names = names_made(scenario);
  visit_steps(scenario.steps, [&](const Step& step) {
    if (!names.sessions.contains(step.session)) {
      reading.problem(step.position, fmt::format("no step opens the session '{}'", step.session),
                      nearest_of(step.session, names.sessions) +
                          fmt::format("write {{ open = \"{}\" }} before it", step.session));
    }
    visit_conditions(step, [&](const Condition& condition) {
      if (!condition.same_as || names.labels.contains(*condition.same_as)) return;
      reading.problem(
          step.position, fmt::format("no answer is called '{}'", *condition.same_as),
          nearest_of(*condition.same_as, names.labels) +
              fmt::format("write as = \"{}\" in the step it is compared with", *condition.same_as));
    });
  });
}

}  // namespace smtpspec::scenario
