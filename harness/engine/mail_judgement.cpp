// SPDX-License-Identifier: Apache-2.0
// What was delivered, held against what the scenario says of it.
#include <fmt/format.h>

#include "engine/case_run.hpp"
#include "engine/patience.hpp"

namespace smtpspec::engine {
namespace {

// How much of each delivered message a report keeps.
constexpr std::size_t max_kept_message = 64 * 1024;
constexpr std::size_t max_kept_messages = 8;

}  // namespace

MailEvidence CaseRun::own_evidence() const {
  MailEvidence evidence;
  evidence.begin_line = "-- begin " + scope_.token().stem();
  evidence.end_line = "-- end " + scope_.token().stem();
  for (const auto& dialogue : dialogues_) {
    if (!dialogue.session) continue;
    const auto& contents = dialogue.session->contents();
    evidence.contents.insert(evidence.contents.end(), contents.begin(), contents.end());
  }
  evidence.contents.insert(evidence.contents.end(), submitted_contents_.begin(), submitted_contents_.end());
  return evidence;
}

MailEvidence CaseRun::evidence_for(CaseMailbox mailbox) const {
  auto evidence = own_evidence();
  evidence.messages = mail_.messages(mailbox);
  evidence.effects = mail_.effects(mailbox);
  return evidence;
}

void CaseRun::keep_delivered_mail() {
  for (const bool at_next_hop : {false, true}) {
    for (std::size_t index = 0; index < 5 && mail_.can_read({index, at_next_hop}); ++index) {
      for (const auto& message : mail_.messages({index, at_next_hop})) {
        if (delivered_.size() == max_kept_messages) return;
        delivered_.push_back(message.bytes.substr(0, max_kept_message));
      }
    }
  }
}

wire::Task<bool> CaseRun::mail_condition_holds(const scenario::DeliveredCheck& check) {
  const auto mailbox = case_mailbox(check.to);
  if (!mailbox) {
    fault(check.position, fmt::format("'{}' names no mailbox", check.to));
    co_return false;
  }
  if (!mail_.can_read(*mailbox)) {
    mail_unread_ = true;
    co_return false;
  }
  auto wanted = wanted_count(check);
  auto problem = co_await mail_.settle_for_question(*mailbox, wanted);
  waited_for_mail_ = true;
  if (!problem.empty()) {
    block_for_mail(std::move(problem));
    co_return false;
  }
  auto at_least_one = check;
  if (!check.count) at_least_one.count = scenario::Bounds{1, std::numeric_limits<std::int64_t>::max(), "1.."};
  const auto evidence = evidence_for(*mailbox);
  const auto outcome = check_mail(at_least_one, evidence, scope_.variables());
  if (!outcome.problem.empty()) fault(check.position, outcome.problem);
  co_return !outcome.mismatch && outcome.problem.empty();
}

// A target that was too busy to deliver in time, or refused the fence for now, may do better at another try.
void CaseRun::block_for_mail(std::string problem) {
  worth_another_try_ = true;
  prelude_outcome_ = PreludeFailure{PreludeFailure::Kind::temporary, Patience::mail, problem};
  block(std::move(problem));
}

// The message that our server has just received, held against what is said of it.
bool CaseRun::content_holds(const scenario::DeliveredCheck& check, const Event& event, std::string& why) {
  if (event.kind != Event::Kind::content) {
    why = "no whole message came";
    return false;
  }
  auto evidence = own_evidence();
  target::StoredMessage message;
  message.bytes = event.heard->content;
  evidence.messages.push_back(std::move(message));
  auto outcome = check_mail(check, evidence, scope_.variables());
  if (!outcome.problem.empty()) fault(check.position, outcome.problem);
  if (outcome.mismatch) why = outcome.mismatch->message + ": " + outcome.mismatch->actual;
  return !outcome.mismatch && outcome.problem.empty();
}

wire::Task<CaseRun::Flow> CaseRun::judge_mail_check(const scenario::DeliveredCheck& check) {
  const auto mailbox = case_mailbox(check.to);
  if (!mailbox) {
    fault(check.position, fmt::format("'{}' names no mailbox", check.to));
    co_return Flow::stop;
  }
  if (!mail_.can_read(*mailbox)) {
    mail_unread_ = true;
    co_return Flow::go_on;
  }
  auto wanted = wanted_count(check);
  co_await wait_until_sent();
  if (wanted.at_least > 0 && is_refused_unsent()) co_return note_refused_submission();
  auto problem = co_await mail_.settle(*mailbox, wanted);
  waited_for_mail_ = true;
  const auto evidence = evidence_for(*mailbox);
  const auto arrived = static_cast<std::int64_t>(evidence.messages.size());
  // More than may be there is seen whatever the fence says; too few is proven only by a fence that arrived.
  if (!problem.empty() && arrived <= wanted.at_most) {
    block_for_mail(std::move(problem));
    co_return Flow::stop;
  }
  const auto outcome = check_mail(check, evidence, scope_.variables());
  if (!outcome.problem.empty()) {
    fault(check.position, outcome.problem);
    co_return Flow::stop;
  }
  if (!outcome.mismatch) {
    judge_.set_outcome(check.outcome);
    co_return Flow::go_on;
  }
  result::Finding finding;
  finding.verdict = check.otherwise;
  finding.requirements = check.covers;
  finding.message = outcome.mismatch->message;
  finding.expected = outcome.mismatch->expected;
  finding.actual = outcome.mismatch->actual;
  finding.line = check.position.line;
  finding.column = check.position.column;
  const auto verdict = judge_.record(std::move(finding));
  co_return verdict == Verdict::fail ? Flow::stop : Flow::go_on;
}

wire::Task<void> CaseRun::judge_mail() {
  // A dialogue that failed leaves open what should have been delivered.
  if (judge_.verdict() != Verdict::fail) {
    for (const auto& check : case_.delivered) {
      const Flow flow = co_await judge_mail_check(check);
      if (flow == Flow::stop) break;
    }
  }
  keep_delivered_mail();
}

}  // namespace smtpspec::engine
