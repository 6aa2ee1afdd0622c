// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "scenario/lint.hpp"
#include "scenario/lint_checks.hpp"
#include "scenario/visit_steps.hpp"

namespace smtpspec::scenario {
namespace {

using base::Verdict;

// What a scenario can come to: the worst verdict before and after the catalogue's cap, and whether anything
// that was not good leaves a label behind.
struct Reach {
  Verdict written = Verdict::pass;
  Verdict capped = Verdict::pass;
  bool records = false;  ///< an outcome that is `info` by the author's own word
  bool labels = false;   ///< outcomes that tell one behaviour from another, whatever their verdicts
};

class ReachOfCase {
 public:
  ReachOfCase(const Case& scenario, const Catalogue& catalogue)
      : scenario_(&scenario), catalogue_(&catalogue) {}

  Reach look() {
    visit_steps(scenario_->steps, [this](const Step& step) { look_at(step); });
    for (const auto& check : scenario_->delivered) look_at(check);
    return reach_;
  }

 private:
  void look_at(const Step& step) {
    if (const auto* check = std::get_if<CheckDelivered>(&step.action)) look_at(check->check);
    if (const auto* expectation = std::get_if<Expectation>(&step.answer)) {
      note(expectation->otherwise, step.covers);
      reach_.records |= expectation->otherwise == Verdict::info;
    }
    const auto* alternatives = std::get_if<OneOf>(&step.answer);
    if (!alternatives) return;
    const bool caught = std::any_of(alternatives->begin(), alternatives->end(),
                                    [](const Alternative& one) { return always_holds(one.when); });
    if (!caught) note(Verdict::fail, step.covers);
    reach_.labels |= alternatives->size() > 1;
    for (const auto& one : *alternatives) {
      note(one.verdict, one.covers.empty() ? step.covers : one.covers);
      reach_.records |= one.verdict == Verdict::info;
    }
  }

  void look_at(const DeliveredCheck& check) {
    note(check.otherwise, check.covers);
    reach_.records |= check.otherwise == Verdict::info;
  }

  void note(Verdict verdict, const std::vector<std::string>& covers) {
    reach_.written = std::max(reach_.written, verdict);
    reach_.capped =
        std::max(reach_.capped, std::min(verdict, cap(covers.empty() ? scenario_->covers : covers)));
  }

  Verdict cap(const std::vector<std::string>& covers) const {
    if (!scenario_->rule) return catalogue_->worst_of(covers, scenario_->role);
    const auto& level = scenario_->rule->level;
    return level == "MAY" ? Verdict::info : level.starts_with("SHOULD") ? Verdict::warn : Verdict::fail;
  }

  const Case* scenario_;
  const Catalogue* catalogue_;
  Reach reach_;
};

bool is_silence_alone(const Condition& condition) {
  return condition.silence && !condition.closed && !condition.delivered && !condition.same_as;
}

bool has_answer(const Step& step) {
  if (std::holds_alternative<CheckDelivered>(step.action)) return true;
  const auto* expectation = std::get_if<Expectation>(&step.answer);
  if (expectation) return !is_silence_alone(expectation->condition);
  return std::holds_alternative<OneOf>(step.answer) || std::holds_alternative<Collect>(step.action);
}

bool any_answer(const std::vector<Step>& steps) {
  bool found = false;
  visit_steps(steps, [&found](const Step& step) { found |= has_answer(step); });
  return found;
}

void remark_silence(const base::SourcePosition& at, Remarks& remarks) {
  remarks.add(at, "silence alone gives 'pass' here",
              "send something whose answer tells, or let silence be 'info'");
}

// Looks for silence after which nothing more is asked, in a list of steps and in what hangs below it.
void check_silence(const std::vector<Step>& steps, bool asked_later, Remarks& remarks) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& step = steps[i];
    const bool later =
        asked_later || any_answer({steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, steps.end()});
    if (const auto* repeat = std::get_if<Repeat>(&step.action)) check_silence(repeat->steps, later, remarks);
    const auto* expectation = std::get_if<Expectation>(&step.answer);
    if (expectation && is_silence_alone(expectation->condition) && !later)
      remark_silence(step.position, remarks);
    const auto* alternatives = std::get_if<OneOf>(&step.answer);
    if (!alternatives) continue;
    for (const auto& one : *alternatives) {
      const bool passes = one.verdict == Verdict::pass && is_silence_alone(one.when);
      if (passes && !later && !any_answer(one.then)) remark_silence(one.position, remarks);
      check_silence(one.then, later, remarks);
    }
  }
}

void check_reachable(const OneOf& alternatives, Remarks& remarks) {
  const auto caught = std::find_if(alternatives.begin(), alternatives.end(),
                                   [](const Alternative& one) { return always_holds(one.when); });
  if (caught == alternatives.end() || caught + 1 == alternatives.end()) return;
  remarks.add((caught + 1)->position, "this alternative is never reached",
              "the one before it has no condition and always matches");
}

}  // namespace

bool can_fail(const Case& scenario, const Catalogue& catalogue) {
  return ReachOfCase(scenario, catalogue).look().capped >= Verdict::warn;
}

bool always_holds(const Condition& condition) {
  const bool about_reply = condition.reply || condition.enhanced || condition.keyword ||
                           condition.no_keyword || condition.lines || condition.text || condition.ending ||
                           condition.replies || condition.reply_count;
  return !about_reply && !condition.within && !condition.not_before && !condition.closed && !condition.gone &&
         !condition.silence && !condition.tls && !condition.delivered && !condition.same_as &&
         !condition.command && !condition.wire && !condition.wire_lacks && !condition.content &&
         !condition.taken && !condition.queued;
}

std::optional<Idle> why_idle(const Case& scenario, const Catalogue& catalogue, const Remarks& remarks) {
  const auto reach = ReachOfCase(scenario, catalogue).look();
  if (reach.written == Verdict::pass) {
    return Idle{scenario.position, "this scenario can't fail: whatever the target does is 'pass'",
                "give an alternative the verdict it deserves, or leave the catch-all out"};
  }
  if (reach.capped > Verdict::info || reach.records) return std::nullopt;
  if (!cites_the_target(scenario, catalogue)) {
    return Idle{remarks.find("covers", scenario.position.line),
                "what this scenario covers does not bind the target in its role: it can't fail",
                "cite a requirement on the server, write role = \"server\" for one on the client, or record "
                "what it does with verdict = \"info\""};
  }
  if (reach.labels) return std::nullopt;
  return Idle{scenario.position, "this scenario can't fail, and records nothing",
              "what it covers gives 'info' at most: name outcomes with verdict = \"info\", so that there is "
              "something to compare"};
}

void check_alternatives(const Case& scenario, Remarks& remarks) {
  check_silence(scenario.steps, !scenario.delivered.empty(), remarks);
  visit_steps(scenario.steps, [&remarks](const Step& step) {
    if (const auto* alternatives = std::get_if<OneOf>(&step.answer)) check_reachable(*alternatives, remarks);
  });
}

}  // namespace smtpspec::scenario
