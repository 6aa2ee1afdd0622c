// SPDX-License-Identifier: Apache-2.0
#include "gate/decision.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/id_pattern.hpp"
#include "gate/deltas.hpp"
#include "gate/expectation.hpp"
#include "gate/offers.hpp"

namespace smtpspec::gate {
namespace {

using base::Verdict;
using result::CaseResult;

CaseDecision red(std::string reason = {}) {
  return {true, Delta::none, std::move(reason), {}};
}

CaseDecision decide_unsupported(const CaseResult& result, const Policy& policy) {
  for (const auto& pattern : policy.require) {
    if (base::selects(pattern, result.id)) return red("required by --require " + pattern);
  }
  return {};
}

// By the verdict alone, as if there were no expectation file.
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
  // What one shard can't judge another may: that nothing was judged is for the merged run to say.
  const bool is_shard = !run.shard.empty();
  if (!is_shard && !judged_anything(run)) return ExitCode::nothing_judged;
  return decision.red() ? ExitCode::red : ExitCode::green;
}

// An entry that speaks of nothing is no harm to a run; `expect check` is where it is red.
std::string note_on(const Expectation& entry) {
  const auto subject =
      entry.cases.empty() ? entry.requirement : fmt::format("{}", fmt::join(entry.cases, ", "));
  return fmt::format("{}: {} stands for no case of this run", place_of(entry), subject);
}

// Neither makes a case red: what is new, and what has gone that no case asks for.
void add_notes_on_offers(const result::Run& run, const ExpectationFile& file,
                         std::vector<std::string>& notes) {
  if (!is_whole(run)) return;
  auto gone = not_in(run.target.offers, file.offers);
  std::erase_if(gone, [&run](const result::Lack& lack) {
    return std::any_of(run.cases.begin(), run.cases.end(),
                       [&lack](const CaseResult& result) { return result.lacks == lack; });
  });
  if (!gone.empty())
    notes.push_back(
        fmt::format("{}: no longer offered, and no case asks for it: {}", file.name, words_of(gone)));
  if (const auto added = not_in(file.offers, run.target.offers); !added.empty())
    notes.push_back(fmt::format("{}: offered, and not yet in its [offers]: {}", file.name, words_of(added)));
}

bool hold_against_file(const result::Run& run, const Policy& policy, Decision& decision) {
  const auto file = parse_expectations(run.expectations.text, run.expectations.file);
  if (!file) {
    decision.notes.push_back(base::format(file.problems()));
    return false;
  }
  auto held = hold(run, *file, std::move(decision.cases), policy);
  decision.cases = std::move(held.cases);
  add_notes_on_offers(run, *file, decision.notes);
  for (std::size_t e = 0; e < file->entries.size(); ++e) {
    const auto& use = held.entries[e];
    const auto& entry = file->entries[e];
    if (is_to_be_written(entry.reason))
      decision.notes.push_back(place_of(entry) + ": the reason is still to be written");
    if (use.matched.empty() && could_show(run, entry, use)) decision.notes.push_back(note_on(entry));
  }
  return true;
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

bool judged_anything(const result::Run& run) {
  return std::any_of(run.cases.begin(), run.cases.end(), judges);
}

std::vector<CaseDecision> decide_alone(const result::Run& run, const Policy& policy) {
  std::vector<CaseDecision> cases;
  for (const auto& result : run.cases) cases.push_back(decide_case(result, policy));
  return cases;
}

Decision decide(const result::Run& run, const Policy& policy) {
  Decision decision;
  decision.cases = decide_alone(run, policy);
  const bool readable = run.expectations.file.empty() || hold_against_file(run, policy, decision);
  decision.exit_code = readable ? exit_code(run, decision) : ExitCode::invalid_file;
  return decision;
}

}  // namespace smtpspec::gate
