// SPDX-License-Identifier: Apache-2.0
// What came back, held against what the scenario says of it.
#include <fmt/format.h>

#include "engine/case_run.hpp"
#include "smtp/letter_case.hpp"

namespace smtpspec::engine {
namespace {

using scenario::Alternative;
using scenario::Condition;

bool reads_an_event(const Condition& condition) {
  return !asks_no_session(condition) && !(condition.tls && !condition.reply && !condition.closed);
}

// The alternatives that are worth no more than a verdict: what a target may answer.
std::string in_words(const scenario::OneOf& alternatives, Verdict at_most) {
  std::string text;
  for (const auto& alternative : alternatives) {
    if (alternative.verdict > at_most) continue;
    text += (text.empty() ? "" : "; or ") + describe(alternative.when);
  }
  return text;
}

// What came. Mail is no part of an observation, so that a condition on it is told in its own words.
std::string in_words(const Observation& seen, const Condition& condition) {
  std::string text = seen.collection ? describe(*seen.collection) : seen.event ? describe(*seen.event) : "";
  if (seen.closed_after) text += ", then the stream ended";
  if (condition.delivered) text += (text.empty() ? "" : ", and ") + describe_mail(*condition.delivered);
  return text.empty() ? "nothing of it" : text;
}

// The address between the brackets of a RCPT command.
std::string bracketed(const std::string& bytes) {
  const auto from = bytes.find('<');
  const auto to = bytes.find('>', from);
  return to == std::string::npos ? std::string{} : bytes.substr(from + 1, to - from - 1);
}

}  // namespace

result::Finding CaseRun::finding_at(const scenario::Step& step, Dialogue& dialogue) const {
  result::Finding finding;
  finding.requirements = step.covers;
  finding.line = step.position.line;
  finding.column = step.position.column;
  finding.session = dialogue.recorded_name();
  if (auto* over = dialogue.connection()) finding.event = over->transcript().events().size();
  return finding;
}

wire::Task<CaseRun::Flow> CaseRun::judge_answer(const scenario::Step& step, Dialogue& dialogue) {
  if (const auto* expectation = std::get_if<scenario::Expectation>(&step.answer)) {
    return judge_expectation(step, dialogue, *expectation);
  }
  if (const auto* alternatives = std::get_if<scenario::OneOf>(&step.answer)) {
    return judge_one_of(step, dialogue, *alternatives);
  }
  return do_nothing();
}

void CaseRun::note_event(Dialogue& dialogue, const Event& event) {
  if (!dialogue.session) return;
  if (event.kind == Event::Kind::closed) target_seems_dead_ = true;
  if (event.kind != Event::Kind::reply) return;
  if (dialogue.session->capabilities) scope_.set_capabilities(&*dialogue.session->capabilities);
  if (event.reply.code / 100 == 2 && smtp::starts_with_ignoring_case(last_bytes_, "RCPT")) {
    dialogue.session->accepted_recipients.push_back(bracketed(last_bytes_));
  }
}

// What is needed to judge a condition is read once, by the first condition that needs it.
wire::Task<void> CaseRun::observe(const scenario::Step& step, Dialogue& dialogue, const Condition& condition,
                                  Observation& seen, Event& event) {
  if (dialogue.session) seen.sent_at = dialogue.session->sent_at();
  if (dialogue.hop) seen.sent_at = dialogue.hop->answered_at();
  seen.tls = dialogue.handshake;
  if (condition.taken || condition.queued) {
    const auto ms = evaluate_ms(step.within, step.position, context_.timeouts.reply.count());
    if (!ms) co_return;
    const std::chrono::milliseconds within(*ms);
    if (condition.taken && !seen.taken) seen.taken = co_await was_taken(within);
    if (condition.queued) {
      const bool is_so = co_await queue_is_so(*condition.queued, within);
      seen.queued = is_so ? *condition.queued : !*condition.queued;
    }
  }
  if (dialogue.collected) {
    seen.collection = &dialogue.collection;
    co_return;
  }
  if (!reads_an_event(condition)) co_return;
  if (!seen.event) {
    const auto& within = condition.silence ? condition.within : step.within;
    const auto ms = evaluate_ms(within, step.position, context_.timeouts.reply.count());
    if (!ms) co_return;
    const std::chrono::milliseconds wait(*ms);
    if (dialogue.session) {
      const auto deadline = wire::deadline_after(condition.silence ? wait_for_silence(wait) : wait);
      event = co_await dialogue.session->next_event(deadline);
    } else if (dialogue.heard_something || dialogue.hop) {
      event = co_await hear(dialogue, wait);
    } else {
      co_return;
    }
    note_event(dialogue, event);
    if (block_if_not_all_was_said(dialogue, event)) co_return;
    seen.event = &event;
  }
  const bool asks_for_end = condition.closed.has_value() && condition.reply && !seen.end_awaited;
  if (asks_for_end && event.kind == Event::Kind::reply && condition.reply->matches(event.reply.code)) {
    seen.end_awaited = true;
    const bool must_come = std::holds_alternative<scenario::Expectation>(step.answer);
    const auto longest = must_come ? context_.timeouts.reply : context_.timeouts.end_after_reply;
    Event next = co_await dialogue.session->next_event(wire::deadline_after(longest));
    seen.closed_after = next.kind == Event::Kind::closed;
    if (seen.closed_after) target_seems_dead_ = true;
    if (next.kind == Event::Kind::reply) dialogue.session->unread(std::move(next));
  }
}

// True where it has blocked. RFC 5321 3.8: a server may say 421 whenever it must close; nothing follows from
// it for a requirement.
bool CaseRun::block_if_service_closes(const Observation& seen) {
  const Event* last = seen.event;
  if (seen.collection) {
    for (const auto& event : *seen.collection) {
      if (event.kind == Event::Kind::reply) last = &event;
    }
  }
  if (!last || last->kind != Event::Kind::reply || last->reply.code != 421) return false;
  block_for_now("the target closed the session: " + describe(*last));
  return true;
}

void CaseRun::note_answer(const scenario::Step& step, Dialogue& dialogue, const Observation& seen) {
  if (seen.event && seen.event->kind == Event::Kind::silence) dialogue.silence_stood = true;
  if (!seen.event || (seen.event->kind != Event::Kind::reply && !seen.event->heard)) return;
  const auto& reply = seen.event->reply;
  if (!step.label.empty()) labelled_[step.label] = reply.code;
  const auto text = seen.event->heard ? seen.event->heard->line.text : reply.text();
  for (const auto& [name, pattern] : step.capture) {
    if (auto value = pattern.first_group(text)) scope_.set(name, std::move(*value));
  }
}

wire::Task<CaseRun::Flow> CaseRun::judge_expectation(const scenario::Step& step, Dialogue& dialogue,
                                                     const scenario::Expectation& expectation) {
  Observation seen;
  Event event;
  co_await observe(step, dialogue, expectation.condition, seen, event);
  if (!error_.empty()) co_return Flow::stop;
  auto grade = match(expectation.condition, seen, labelled_, scope_.variables());
  if (grade.grade == Match::Grade::holds && expectation.condition.content) {
    std::string why;
    if (!content_holds(*expectation.condition.content, event, why))
      grade = {Match::Grade::no, std::move(why)};
  }
  if (!unsupported_.empty() || !blocked_.empty()) co_return Flow::stop;
  if (grade.grade == Match::Grade::holds && expectation.condition.delivered) {
    const bool arrived = co_await mail_condition_holds(*expectation.condition.delivered);
    if (!arrived) grade = {Match::Grade::no, "the mail did not arrive as described"};
  }
  note_answer(step, dialogue, seen);
  if (grade.grade == Match::Grade::holds) {
    judge_.set_outcome(step.outcome);
    co_return Flow::go_on;
  }
  if (block_if_service_closes(seen)) co_return Flow::stop;
  const bool late = co_await came_late(dialogue, seen);
  if (late) co_return Flow::stop;
  auto finding = finding_at(step, dialogue);
  const bool near = grade.grade == Match::Grade::near;
  finding.verdict = near ? std::min(Verdict::warn, expectation.otherwise) : expectation.otherwise;
  finding.message = grade.why;
  finding.expected = describe(expectation.condition);
  finding.actual = seen.collection ? describe(*seen.collection)
                   : seen.event    ? describe(*seen.event)
                                   : grade.why;
  const auto verdict = judge_.record(std::move(finding));
  const bool dialogue_goes_on =
      seen.event && (seen.event->kind == Event::Kind::reply || seen.event->heard) && verdict != Verdict::fail;
  co_return near || dialogue_goes_on ? Flow::go_on : Flow::stop;
}

wire::Task<CaseRun::Flow> CaseRun::judge_one_of(const scenario::Step& step, Dialogue& dialogue,
                                                const scenario::OneOf& alternatives) {
  Observation seen;
  Event event;
  // The wait for silence is the shortest of all: it decides how long the one event is awaited.
  const Alternative* first_to_read = nullptr;
  for (const auto& alternative : alternatives) {
    if (!reads_an_event(alternative.when)) continue;
    if (!first_to_read || alternative.when.silence) first_to_read = &alternative;
  }
  if (first_to_read) co_await observe(step, dialogue, first_to_read->when, seen, event);
  if (!blocked_.empty()) co_return Flow::stop;
  for (const auto& alternative : alternatives) {
    co_await observe(step, dialogue, alternative.when, seen, event);
    if (!error_.empty()) co_return Flow::stop;
    const auto grade = match(alternative.when, seen, labelled_, scope_.variables());
    if (!unsupported_.empty() || !blocked_.empty()) co_return Flow::stop;
    if (grade.grade != Match::Grade::holds) continue;
    std::string why;
    if (alternative.when.content && !content_holds(*alternative.when.content, event, why)) continue;
    if (alternative.when.delivered) {
      const bool arrived = co_await mail_condition_holds(*alternative.when.delivered);
      if (!blocked_.empty()) co_return Flow::stop;
      if (!arrived) continue;
    }
    note_answer(step, dialogue, seen);
    const bool late = alternative.verdict >= Verdict::warn && co_await came_late(dialogue, seen);
    if (late) co_return Flow::stop;
    auto finding = finding_at(step, dialogue);
    finding.expected = in_words(alternatives, Verdict::info);
    finding.actual = in_words(seen, alternative.when);
    co_return co_await take_alternative(alternative, std::move(finding));
  }
  note_answer(step, dialogue, seen);
  if (block_if_service_closes(seen)) co_return Flow::stop;
  const bool late = co_await came_late(dialogue, seen);
  if (late) co_return Flow::stop;
  auto finding = finding_at(step, dialogue);
  finding.verdict = Verdict::fail;
  finding.message = "the answer is none of those that the scenario knows";
  finding.expected = in_words(alternatives, Verdict::fail);
  finding.actual = in_words(seen, {});
  judge_.record(std::move(finding));
  co_return Flow::stop;
}

wire::Task<CaseRun::Flow> CaseRun::take_alternative(const Alternative& alternative, result::Finding finding) {
  finding.line = alternative.position.line;
  finding.column = alternative.position.column;
  if (!alternative.covers.empty()) finding.requirements = alternative.covers;
  finding.verdict = alternative.verdict;
  finding.outcome = alternative.outcome;
  finding.message = alternative.outcome.empty() ? "the target answered as described" : alternative.outcome;
  const auto verdict = judge_.record(std::move(finding));
  if (verdict == Verdict::fail) co_return Flow::stop;
  co_return co_await run_steps(alternative.then);
}

}  // namespace smtpspec::engine
