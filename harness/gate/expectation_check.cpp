// SPDX-License-Identifier: Apache-2.0
#include "gate/expectation_check.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/id_pattern.hpp"
#include "base/nearest_word.hpp"
#include "gate/decision.hpp"
#include "gate/deltas.hpp"
#include "gate/offers.hpp"
#include "gate/what_came.hpp"

namespace smtpspec::gate {
namespace {

using base::Diagnostic;

std::string did_you_mean(const std::string& written, const std::set<std::string>& known) {
  const auto near = base::nearest_word(written, {known.begin(), known.end()});
  return near.empty() ? std::string() : fmt::format("did you mean '{}'?", near);
}

// All ids and what they begin with, up to each "/".
std::set<std::string> with_prefixes(const std::set<std::string>& ids) {
  std::set<std::string> all;
  for (const auto& id : ids) {
    for (auto slash = id.find('/'); slash != std::string::npos; slash = id.find('/', slash + 1))
      all.insert(id.substr(0, slash));
    all.insert(id);
  }
  return all;
}

class Checker {
 public:
  Checker(const ExpectationText& text, const CheckAgainst& against) : text_(text), against_(against) {}

  std::vector<Diagnostic> problems() {
    for (std::size_t e = 0; e < text_.file().entries.size(); ++e) check_alone(e);
    if (!against_.runs.empty()) check_against_runs();
    std::stable_sort(problems_.begin(), problems_.end(), [](const Diagnostic& a, const Diagnostic& b) {
      return a.position.line < b.position.line;
    });
    return std::move(problems_);
  }

 private:
  void check_alone(std::size_t e) {
    const auto& entry = text_.file().entries[e];
    for (const auto& pattern : entry.cases) {
      const auto& ids = against_.case_ids;
      const bool is_known = std::any_of(ids.begin(), ids.end(),
                                        [&](const std::string& id) { return base::selects(pattern, id); });
      if (!is_known)
        add(e, "case", fmt::format("no case is called '{}'", pattern),
            did_you_mean(pattern, with_prefixes(ids)));
    }
    if (!entry.requirement.empty() && !against_.requirements.contains(entry.requirement))
      add(e, "requirement", fmt::format("no requirement is called '{}'", entry.requirement),
          did_you_mean(entry.requirement, against_.requirements));
    if (is_to_be_written(entry.reason))
      add(e, "reason", "the reason is still to be written", "say why this deviation is accepted");
    if (!entry.until.empty() && against_.today > entry.until)
      add(e, "until", fmt::format("this was accepted until {}, and today is {}", entry.until, against_.today),
          "mend the server, or say until when and why");
  }

  void check_against_runs() {
    report_nothing_judged();
    const auto entries = text_.file().entries.size();
    std::vector<bool> shown(entries), asked(entries);
    for (const auto& run : against_.runs) {
      const auto policy = policy_of(run);
      const auto held = hold(run, text_.file(), decide_alone(run, policy), policy);
      for (std::size_t e = 0; e < entries; ++e) {
        const auto& use = held.entries[e];
        shown[e] = shown[e] || !use.holds.empty();
        asked[e] = asked[e] || could_show(run, text_.file().entries[e], use);
      }
      report_red(run, held);
      if (is_whole(run)) report_no_longer_offered(run);
    }
    for (std::size_t e = 0; e < entries; ++e) {
      if (asked[e] && !shown[e])
        add(e, "verdict", "no run shows this any more", "`smtpspec expect prune` takes it out");
    }
  }

  // Nothing red is no good sign where nothing was judged. What one shard can't judge another may.
  void report_nothing_judged() {
    const auto may_be_silent = [](const result::Run& run) {
      return judged_anything(run) || !run.shard.empty();
    };
    if (std::any_of(against_.runs.begin(), against_.runs.end(), may_be_silent)) return;
    Diagnostic problem;
    problem.position.file = text_.file().name;
    problem.message = "no case was judged in these runs: they say nothing of the target";
    problem.hint = "see in their reports why each case is unsupported or blocked";
    problems_.push_back(std::move(problem));
  }

  void report_no_longer_offered(const result::Run& run) {
    for (const auto& lack : not_in(run.target.offers, text_.file().offers))
      problems_.push_back(text_.problem_at_offer(lack.where,
                                                 fmt::format("no longer offered: {}", words_of(lack)),
                                                 "take it out where that is meant"));
  }

  void report_red(const result::Run& run, const Held& held) {
    for (std::size_t i = 0; i < run.cases.size(); ++i) {
      const auto& decided = held.cases[i];
      if (!decided.red) continue;
      Diagnostic problem;
      problem.position =
          decided.entry.line != 0 ? decided.entry : base::SourcePosition{text_.file().name, 0, 0};
      problem.message =
          fmt::format("{} is {} ({}): {}", run.cases[i].id, base::to_string(run.cases[i].verdict),
                      to_string(decided.delta), decided.reason);
      if (const auto came = what_came(run.cases[i]); !came.empty()) problem.message += ": " + came;
      problems_.push_back(std::move(problem));
    }
  }

  void add(std::size_t e, std::string_view key, std::string message, std::string hint) {
    problems_.push_back(text_.problem_at(e, key, std::move(message), std::move(hint)));
  }

  const ExpectationText& text_;
  const CheckAgainst& against_;
  std::vector<Diagnostic> problems_;
};

}  // namespace

std::vector<Diagnostic> check(const ExpectationText& text, const CheckAgainst& against) {
  return Checker(text, against).problems();
}

}  // namespace smtpspec::gate
