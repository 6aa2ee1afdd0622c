// SPDX-License-Identifier: Apache-2.0
#include "cli/selftest_judgement.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/lint.hpp"

namespace smtpspec::cli {
namespace {

// rfc5321/4.5.2-transparency/only-crlf-dot-crlf-ends/lf-dot-lf: folder, file, scenario, row.
std::string scenario_of(const std::string& case_id) {
  std::size_t end = 0;
  for (int i = 0; i < 3 && end != std::string::npos; ++i) end = case_id.find('/', end == 0 ? 0 : end + 1);
  return case_id.substr(0, end);
}

std::set<std::string> scenarios_in(const CaughtTable& caught) {
  std::set<std::string> scenarios;
  for (const auto& [defect, ids] : caught) {
    for (const auto& id : ids) scenarios.insert(scenario_of(id));
  }
  return scenarios;
}

bool share_one(const std::set<std::string>& left, const std::set<std::string>& right) {
  return std::any_of(left.begin(), left.end(), [&](const std::string& id) { return right.contains(id); });
}

}  // namespace

CaughtTable caught_by(const std::vector<SelftestOutcome>& outcomes) {
  CaughtTable caught;
  for (const auto& outcome : outcomes) {
    if (!outcome.configuration.defect.empty()) caught[outcome.configuration.defect] = outcome.failed;
  }
  return caught;
}

std::vector<std::string> complaints_of_runs(const std::vector<SelftestOutcome>& outcomes,
                                            const CaughtTable& unseen) {
  std::vector<std::string> complaints;
  for (const auto& outcome : outcomes) {
    const auto name = outcome.configuration.name();
    if (!outcome.problem.empty()) complaints.push_back(fmt::format("{}: {}", name, outcome.problem));
    if (!outcome.configuration.defect.empty()) {
      const bool is_listed = unseen.contains(outcome.configuration.defect);
      if (outcome.failed.empty() && !is_listed)
        complaints.push_back(fmt::format("no case catches the defect {}", name));
      if (!outcome.failed.empty() && is_listed)
        complaints.push_back(fmt::format("{} is caught and must leave fixtures/defects/unseen.tsv", name));
      continue;
    }
    for (const auto& id : outcome.unclean) {
      complaints.push_back(fmt::format("the embedded server ({}): {} is not clean", name, id));
    }
  }
  return complaints;
}

std::vector<std::string> complaints_of_suite(const CaughtTable& caught, const CaughtTable& excused,
                                             const std::vector<const scenario::Case*>& cases,
                                             const scenario::Catalogue& catalogue) {
  const auto scenarios = scenarios_in(caught);
  std::set<std::string> missing;
  for (const auto* one : cases) {
    const auto scenario = scenario_of(one->id);
    if (scenarios.contains(scenario) || excused.contains(scenario)) continue;
    if (scenario::can_fail(*one, catalogue)) missing.insert(scenario);
  }
  std::vector<std::string> complaints;
  for (const auto& scenario : missing) complaints.push_back(fmt::format("no defect makes {} fail", scenario));
  for (const auto& [scenario, reason] : excused) {
    if (!scenarios.contains(scenario)) continue;
    complaints.push_back(fmt::format("{} is caught and must leave fixtures/defects/uncaught.tsv", scenario));
  }
  return complaints;
}

std::vector<std::string> complaints_of_table(const CaughtTable& caught, const CaughtTable& on_file) {
  std::vector<std::string> complaints;
  for (const auto& [defect, ids] : caught) {
    const auto known = on_file.find(defect);
    if (known == on_file.end()) {
      complaints.push_back(fmt::format("{} is not in fixtures/defects/caught.tsv", defect));
    } else if (!ids.empty() && !share_one(ids, known->second)) {
      complaints.push_back(
          fmt::format("none of the cases in fixtures/defects/caught.tsv catches {}", defect));
    }
  }
  for (const auto& [defect, ids] : on_file) {
    if (!caught.contains(defect))
      complaints.push_back(fmt::format("caught.tsv names {}, which is no defect", defect));
  }
  return complaints;
}

}  // namespace smtpspec::cli
