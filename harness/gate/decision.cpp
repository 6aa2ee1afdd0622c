// SPDX-License-Identifier: Apache-2.0
#include "gate/decision.hpp"

#include <algorithm>
#include <sstream>

#include "gate/glob.hpp"

namespace smtpspec::gate {
namespace {

using base::Verdict;
using result::CaseResult;

CaseDecision red(std::string reason = {}) {
  return {true, Delta::none, std::move(reason)};
}

CaseDecision decide_unsupported(const CaseResult& result, const Policy& policy) {
  for (const auto& pattern : policy.require) {
    if (selects(pattern, result.id)) return red("required by --require " + pattern);
  }
  return {};
}

// Deltas against an expectation file take their place here, before the verdict alone is looked at.
CaseDecision decide_case(const CaseResult& result, const Policy& policy) {
  switch (result.verdict) {
    case Verdict::pass:
    case Verdict::info:
      return {};
    case Verdict::unsupported:
      return decide_unsupported(result, policy);
    case Verdict::warn:
      return policy.strict ? red("--strict") : CaseDecision{};
    case Verdict::fail:
    case Verdict::blocked:
    case Verdict::crash:
    case Verdict::error:
      return red();
  }
  return red();
}

// A crash is something learnt about the target: a run of crashes alone is red, not empty.
bool judges(const CaseResult& result) {
  switch (result.verdict) {
    case Verdict::pass:
    case Verdict::info:
    case Verdict::warn:
    case Verdict::fail:
    case Verdict::crash:
      return true;
    default:
      return false;
  }
}

bool never_reached(const result::Run& run) {
  return !run.cases.empty() && std::all_of(run.cases.begin(), run.cases.end(),
                                           [](const CaseResult& result) { return result.unreachable; });
}

ExitCode exit_code(const result::Run& run, const Decision& decision) {
  if (run.aborted == "interrupted") return ExitCode::interrupted;
  if (run.aborted == "terminated") return ExitCode::terminated;
  if (never_reached(run)) return ExitCode::infrastructure;
  if (std::none_of(run.cases.begin(), run.cases.end(), judges)) return ExitCode::nothing_judged;
  return decision.red() ? ExitCode::red : ExitCode::green;
}

}  // namespace

Policy policy_of(const result::Run& run) {
  Policy policy;
  const auto strict = run.options.find("strict");
  policy.strict = strict != run.options.end() && strict->second == "true";
  const auto require = run.options.find("require");
  if (require == run.options.end()) return policy;
  std::istringstream words(require->second);
  for (std::string word; words >> word;) policy.require.push_back(word);
  return policy;
}

std::string_view to_string(Delta delta) {
  switch (delta) {
    case Delta::none:
      return "none";
    case Delta::as_expected:
      return "as-expected";
    case Delta::regression:
      return "regression";
    case Delta::unexpected_pass:
      return "unexpected-pass";
    case Delta::changed:
      return "changed";
  }
  return "none";
}

bool Decision::red() const {
  return std::any_of(cases.begin(), cases.end(), [](const CaseDecision& decided) { return decided.red; });
}

Decision decide(const result::Run& run, const Policy& policy) {
  Decision decision;
  for (const auto& result : run.cases) decision.cases.push_back(decide_case(result, policy));
  decision.exit_code = exit_code(run, decision);
  return decision;
}

}  // namespace smtpspec::gate
