// SPDX-License-Identifier: Apache-2.0
#include "engine/judge.hpp"

#include <algorithm>

namespace smtpspec::engine {
namespace {

// Only these say something about conformance; the others stay what they are whatever a requirement says.
bool is_capped(Verdict verdict) {
  return verdict == Verdict::warn || verdict == Verdict::fail;
}

// What a breach of a rule of a user's own may be worth.
Verdict worst_of_level(const std::string& level) {
  if (level.starts_with("SHOULD")) return Verdict::warn;
  if (level == "MAY") return Verdict::info;
  return Verdict::fail;
}

}  // namespace

Judge::Judge(const Requirements& requirements, const std::vector<std::string>& ours,
             const scenario::Case& scenario_case)
    : requirements_(requirements), ours_(ours), case_(scenario_case) {}

Verdict Judge::capped(Verdict verdict, const std::string& requirement) const {
  if (!is_capped(verdict)) return verdict;
  if (std::find(ours_.begin(), ours_.end(), requirement) != ours_.end()) return Verdict::info;
  const auto known = requirements_.find(requirement);
  if (known == requirements_.end()) return verdict;
  return std::min(verdict, scenario::worst_for(known->second, case_.role));
}

Verdict Judge::record(result::Finding finding) {
  const Verdict claimed = finding.verdict;
  if (finding.requirements.empty()) finding.requirements = case_.covers;
  if (finding.requirements.empty()) {
    finding.verdict =
        case_.rule && is_capped(claimed) ? std::min(claimed, worst_of_level(case_.rule->level)) : claimed;
  } else {
    finding.verdict = Verdict::pass;
    for (const auto& requirement : finding.requirements) {
      const Verdict verdict = capped(claimed, requirement);
      auto& known = by_requirement_.try_emplace(requirement, Verdict::pass).first->second;
      known = std::max(known, verdict);
      finding.verdict = std::max(finding.verdict, verdict);
    }
  }
  worst_ = std::max(worst_, finding.verdict);
  const Verdict recorded = finding.verdict;
  if (!finding.outcome.empty()) set_outcome(finding.outcome);
  findings_.push_back(std::move(finding));
  return recorded;
}

void Judge::set_outcome(std::string outcome) {
  if (!outcome.empty()) outcome_ = std::move(outcome);
}

std::vector<result::RequirementVerdict> Judge::requirement_verdicts() const {
  auto all = by_requirement_;
  for (const auto& requirement : case_.covers) all.try_emplace(requirement, Verdict::pass);
  std::vector<result::RequirementVerdict> verdicts;
  for (const auto& [requirement, verdict] : all) verdicts.push_back({requirement, verdict});
  return verdicts;
}

}  // namespace smtpspec::engine
