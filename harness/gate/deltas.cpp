// SPDX-License-Identifier: Apache-2.0
#include "gate/deltas.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/id_pattern.hpp"
#include "gate/offers.hpp"

namespace smtpspec::gate {
namespace {

using base::Verdict;
using result::CaseResult;
using result::Run;

bool is_clean(Verdict verdict) {
  return verdict == Verdict::pass || verdict == Verdict::info;
}

bool contains(const std::vector<Verdict>& verdicts, Verdict verdict) {
  return std::find(verdicts.begin(), verdicts.end(), verdict) != verdicts.end();
}

bool has_outcome(const Expectation& entry, const std::string& outcome) {
  return entry.outcomes.empty() ||
         std::any_of(entry.outcomes.begin(), entry.outcomes.end(),
                     [&](const std::string& pattern) { return base::matches_whole(pattern, outcome); });
}

std::string option_of(const Run& run, const std::string& name) {
  const auto found = run.options.find(name);
  return found == run.options.end() ? std::string() : found->second;
}

std::string with_issue(const Expectation& entry) {
  return entry.issue.empty() ? entry.reason : fmt::format("{} ({})", entry.reason, entry.issue);
}

/// How an entry that expects some verdicts takes one.
Delta delta_of(const std::vector<Verdict>& expected, Verdict verdict) {
  if (contains(expected, verdict)) return Delta::as_expected;
  if (is_clean(verdict)) {
    const bool deviates = !std::all_of(expected.begin(), expected.end(), is_clean);
    return deviates ? Delta::unexpected_pass : Delta::changed;
  }
  return verdict > *std::max_element(expected.begin(), expected.end()) ? Delta::regression : Delta::changed;
}

class Holder {
 public:
  Holder(const Run& run, const ExpectationFile& file, std::vector<CaseDecision> alone, const Policy& policy)
      : run_(run),
        file_(file),
        policy_(policy),
        client_(option_of(run, "client")),
        day_(run.started.substr(0, std::string_view("2026-12-31").size())),
        whole_(is_whole(run)) {
    held_.cases = std::move(alone);
    held_.entries.resize(file.entries.size());
  }

  Held held() {
    for (std::size_t e = 0; e < file_.entries.size(); ++e)
      held_.entries[e].of_another_client = !is_of_this_client(file_.entries[e]);
    for (std::size_t i = 0; i < run_.cases.size(); ++i) hold_case(i);
    if (whole_) report_mended_requirements();
    return std::move(held_);
  }

 private:
  bool is_of_this_client(const Expectation& entry) const {
    return entry.client.empty() || client_.empty() || entry.client == client_;
  }

  bool is_expired(const Expectation& entry) const { return !entry.until.empty() && day_ > entry.until; }

  void hold_case(std::size_t i) {
    if (const auto entry = most_specific(i)) return hold_against(*entry, i);
    if (hold_against_requirements(i)) return;
    auto& decided = held_.cases[i];
    const auto& result = run_.cases[i];
    if (is_no_longer_offered(result, file_.offers)) {
      decided.red = true;
      decided.delta = Delta::changed;
      decided.reason = fmt::format("no longer offered: {}", words_of(result.lacks));
      return;
    }
    decided.red = decided.red || is_refused_message(result, file_.offers);
    if (!decided.red) return;
    decided.delta = Delta::regression;
    if (decided.reason.empty()) decided.reason = fmt::format("not in {}", file_.name);
  }

  std::optional<std::size_t> most_specific(std::size_t i) {
    using Rank =
        std::tuple<bool, std::size_t, bool, std::size_t>;  // the whole id, letters, client, the later
    std::optional<Rank> best;
    const auto& id = run_.cases[i].id;
    for (std::size_t e = 0; e < file_.entries.size(); ++e) {
      const auto& entry = file_.entries[e];
      if (!is_of_this_client(entry)) continue;
      bool matched = false;
      for (const auto& pattern : entry.cases) {
        if (!base::selects(pattern, id)) continue;
        matched = true;
        const auto stars = static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '*'));
        const Rank rank{pattern == id, pattern.size() - stars, !entry.client.empty(), e};
        if (!best || rank > *best) best = rank;
      }
      if (matched) held_.entries[e].matched.push_back(i);
    }
    return best ? std::optional(std::get<3>(*best)) : std::nullopt;
  }

  void hold_against(std::size_t e, std::size_t i) {
    const auto& entry = file_.entries[e];
    const auto& result = run_.cases[i];
    held_.entries[e].decided.push_back(i);
    auto delta = delta_of(entry.verdicts, result.verdict);
    const bool outcome_differs = delta == Delta::as_expected && !has_outcome(entry, result.outcome);
    if (outcome_differs) delta = Delta::changed;
    // In part of a run an invariant was not looked for everywhere.
    const bool is_invariant = result.id.starts_with("invariants/");
    const bool nowhere_seen = delta == Delta::unexpected_pass || result.verdict == Verdict::unsupported;
    if (nowhere_seen && delta != Delta::as_expected && is_invariant && !whole_) return;
    if (delta == Delta::as_expected) held_.entries[e].holds.push_back(i);
    if (outcome_differs)
      return decide(i, entry, delta,
                    fmt::format("{} pins the outcome '{}'", place_of(entry), entry.outcomes.front()));
    decide(i, entry, delta, fmt::format("{} expects {}", place_of(entry), words_of(entry.verdicts)));
  }

  // A case that breaks several requirements is as expected when each that makes it red is.
  bool hold_against_requirements(std::size_t i) {
    const auto& result = run_.cases[i];
    if (result.verdict != Verdict::warn && result.verdict != Verdict::fail) return false;
    const Expectation* speaks = nullptr;
    auto worst = Verdict::pass;
    bool all_explained = true;
    for (const auto& broken : result.requirement_verdicts) {
      if (broken.verdict != Verdict::warn && broken.verdict != Verdict::fail) continue;
      worst = std::max(worst, broken.verdict);
      const auto e = entry_for(broken.requirement);
      if (!e) {
        all_explained = all_explained && !is_red_alone(broken.verdict);
        continue;
      }
      const auto& entry = file_.entries[*e];
      auto& use = held_.entries[*e];
      use.matched.push_back(i);
      use.decided.push_back(i);
      auto delta = delta_of(entry.verdicts, broken.verdict);
      if (delta == Delta::as_expected && !has_outcome(entry, result.outcome)) delta = Delta::changed;
      if (delta != Delta::as_expected) {
        decide(i, entry, delta,
               fmt::format("{} expects {} for {}", place_of(entry), words_of(entry.verdicts),
                           broken.requirement));
        return true;
      }
      use.holds.push_back(i);
      if (speaks == nullptr || (is_expired(entry) && !is_expired(*speaks))) speaks = &entry;
    }
    if (worst < result.verdict) all_explained = all_explained && !is_red_alone(result.verdict);
    if (speaks == nullptr || !all_explained || breaks_what_has_no_id(result)) return false;
    decide(i, *speaks, Delta::as_expected, {});
    return true;
  }

  // A rule written in the scenario itself has no id that an entry could name.
  bool breaks_what_has_no_id(const CaseResult& result) const {
    return std::any_of(result.findings.begin(), result.findings.end(), [this](const auto& one) {
      const bool is_breach = one.verdict == Verdict::warn || one.verdict == Verdict::fail;
      return one.requirements.empty() && is_breach && is_red_alone(one.verdict);
    });
  }

  bool is_red_alone(Verdict verdict) const { return verdict == Verdict::fail || policy_.strict; }

  std::optional<std::size_t> entry_for(const std::string& requirement) const {
    std::optional<std::size_t> found;
    for (std::size_t e = 0; e < file_.entries.size(); ++e) {
      const auto& entry = file_.entries[e];
      if (entry.requirement != requirement || !is_of_this_client(entry)) continue;
      if (!found || !entry.client.empty()) found = e;
    }
    return found;
  }

  // The sentence says what was expected; an entry that holds gives its reason alone.
  void decide(std::size_t i, const Expectation& entry, Delta delta, const std::string& sentence) {
    auto& decided = held_.cases[i];
    decided.entry = entry.position;
    decided.delta = delta;
    decided.red = delta != Delta::as_expected;
    decided.reason = with_issue(entry);
    if (decided.red) decided.reason = fmt::format("{}: {}", sentence, decided.reason);
    if (delta != Delta::as_expected || !is_expired(entry)) return;
    decided.red = true;
    decided.delta = Delta::regression;
    decided.reason =
        fmt::format("{} was accepted until {}: {}", place_of(entry), entry.until, with_issue(entry));
  }

  // Where no case shows the breach any more, one of them has to say so.
  void report_mended_requirements() {
    for (std::size_t e = 0; e < file_.entries.size(); ++e) {
      const auto& entry = file_.entries[e];
      if (entry.requirement.empty() || !is_of_this_client(entry) || !held_.entries[e].matched.empty())
        continue;
      for (std::size_t i = 0; i < run_.cases.size(); ++i) {
        if (held_.cases[i].delta != Delta::none || !keeps(run_.cases[i], entry.requirement)) continue;
        held_.entries[e].matched.push_back(i);
        held_.entries[e].decided.push_back(i);
        decide(i, entry, Delta::unexpected_pass,
               fmt::format("{} expects {} for {}, and no case shows that", place_of(entry),
                           words_of(entry.verdicts), entry.requirement));
        break;
      }
    }
  }

  static bool keeps(const CaseResult& result, const std::string& requirement) {
    if (!is_clean(result.verdict)) return false;
    return std::any_of(result.requirement_verdicts.begin(), result.requirement_verdicts.end(),
                       [&](const auto& one) { return one.requirement == requirement; });
  }

  const Run& run_;
  const ExpectationFile& file_;
  const Policy& policy_;
  const std::string client_;
  const std::string day_;
  const bool whole_;
  Held held_;
};

}  // namespace

Held hold(const Run& run, const ExpectationFile& file, std::vector<CaseDecision> alone,
          const Policy& policy) {
  return Holder(run, file, std::move(alone), policy).held();
}

bool is_whole(const Run& run) {
  return run.aborted.empty() && !run.options.contains("narrowed") && run.shard.empty();
}

bool could_show(const Run& run, const Expectation& entry, const EntryUse& use) {
  const auto is = [&](const char* name, const char* value) {
    const auto option = run.options.find(name);
    return option != run.options.end() && option->second == value;
  };
  const bool has_every_case = is("profile", "disruptive") && is("slow", "true");
  const bool has_its_cases = has_every_case || entry.cases.empty() || !use.matched.empty();
  return is_whole(run) && !use.of_another_client && has_its_cases;
}

}  // namespace smtpspec::gate
