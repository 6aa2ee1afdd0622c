// SPDX-License-Identifier: Apache-2.0
// A step that hands the target a message to send, and what became of it at the target's door.
#include <fmt/format.h>

#include "engine/case_run.hpp"
#include "engine/submission.hpp"

namespace smtpspec::engine {

std::optional<Submission> CaseRun::evaluate_submission(const scenario::Step& step,
                                                       const scenario::Submit& submit) {
  Submission submission;
  const auto fill = [&](const std::optional<scenario::Template>& text, std::string& into) {
    if (!text) return true;
    auto value = evaluate(*text, step.position);
    if (value) into = std::move(*value);
    return value.has_value();
  };
  submission.sender = scope_.sender();
  bool fine = fill(submit.sender, submission.sender) && fill(submit.content, submission.content) &&
              fill(submit.mail_parameters, submission.mail_parameters) &&
              fill(submit.recipient_parameters, submission.recipient_parameters);
  for (const auto& recipient : submit.recipients) {
    fine = fine && fill(recipient, submission.recipients.emplace_back());
  }
  const auto count = submit.recipient_count.value_or(submission.recipients.empty() ? 1 : 0);
  for (std::int64_t i = 0; i < count; ++i)
    submission.recipients.push_back(scope_.relay_mailbox(static_cast<std::size_t>(i)));
  submission.security = submit.security;
  submission.auth = submit.auth;
  submission.certificate = submit.certificate;
  return fine ? std::optional(std::move(submission)) : std::nullopt;
}

namespace {

// Owns nothing of the case but what it fills, which outlives both.
wire::Task<void> submit_beside(std::shared_ptr<Submitting> submitting, Submission submission,
                               TargetHands hands, wire::Endpoint next_hop) {
  submitting->outcome = co_await hands.submit(std::move(submission), std::move(next_hop));
  submitting->done.set();
}

}  // namespace

// What becomes of it is known at the end, unless the target sends it while we already listen.
wire::Task<void> CaseRun::hand_over(Submission submission, bool by_command) {
  if (by_command) {
    submitting_->outcome = co_await hands_.submit_by_command(std::move(submission));
  } else if (hands_.sends_by_hand) {
    submitting_->outcome = co_await hands_.submit(std::move(submission), next_hop_->endpoint());
  } else if (hands_.submit) {
    context_.loop.spawn(submit_beside(submitting_, std::move(submission), hands_, next_hop_->endpoint()));
    co_return;
  } else {
    auto& dialogue = dialogues_.emplace_back();
    dialogue.name = "submission";
    submitting_->outcome = co_await submit_by_smtp(context_, scope_, std::move(submission), dialogue);
  }
  submitting_->done.set();
}

wire::Task<CaseRun::Flow> CaseRun::run_submit(const scenario::Step& step, const scenario::Submit& submit) {
  auto submission = evaluate_submission(step, submit);
  if (!submission) co_return Flow::stop;
  submitted_contents_.push_back(submission->content);
  submitting_ = std::make_shared<Submitting>(context_.loop);
  // Where the server is not this case's alone others go by its name.
  if (own_next_hop_ || hands_.sends_by_hand)
    next_hop_->show_certificate(submission->certificate != scenario::Certificate::wrong_name);
  co_await hand_over(std::move(*submission), submit.by_command);
  mail_.note_sent();
  const bool is_asked = !std::holds_alternative<std::monostate>(step.answer);
  co_return is_asked ? Flow::go_on : note_refused_submission();
}

// A message that the target did not take can't be asked about on its way out.
CaseRun::Flow CaseRun::note_refused_submission() {
  if (!submitting_ || !submitting_->outcome || submitting_->outcome->kind == Submitted::Kind::taken)
    return Flow::go_on;
  const auto& outcome = *submitting_->outcome;
  if (outcome.kind == Submitted::Kind::unable) {
    unsupported_ = outcome.why;
    lacks_ = outcome.lacks;
  } else if (outcome.kind == Submitted::Kind::refused) {
    unsupported_ = "the target does not take this message, so that it sends none: " + outcome.why;
    lacks_ = {result::of_messages, "this one"};
  } else {
    worth_another_try_ = true;
    block("the message could not be handed to the target: " + outcome.why);
  }
  return Flow::stop;
}

// All that a client sends comes while its command runs, which has a time limit of its own. One that has been
// here and does not come again is waited for no longer: it only goes on trying.
wire::Task<void> CaseRun::wait_until_sent() {
  if (!own_next_hop_ || !submitting_) co_return;
  const bool is_command = context_.target.kind == target::Target::Kind::client;
  for (bool may_come = true; may_come;) {
    const auto before = own_next_hop_->connections();
    const bool ended = co_await submitting_->done.wait(wire::deadline_after(context_.timeouts.delivery));
    may_come = is_command && !ended && (before == 0 || own_next_hop_->connections() > before);
  }
}

// A client that gave up before it came to us has shown nothing of how it sends.
bool CaseRun::is_refused_unsent() const {
  return own_next_hop_ && submitting_ && submitting_->outcome &&
         submitting_->outcome->kind == Submitted::Kind::refused && own_next_hop_->connections() == 0;
}

wire::Task<std::optional<bool>> CaseRun::was_taken(std::chrono::milliseconds within) {
  if (!submitting_) co_return std::nullopt;
  const bool ended = co_await submitting_->done.wait(wire::deadline_after(within));
  if (!ended) co_return std::nullopt;
  const auto kind = submitting_->outcome->kind;
  if (hands_.sends_by_hand) {
    unsupported_ = fmt::format("what {} says of the sending can't be seen from here", context_.target.name);
    co_return std::nullopt;
  }
  if (kind == Submitted::Kind::taken) co_return true;
  if (kind == Submitted::Kind::refused) co_return false;
  if (kind == Submitted::Kind::unable) unsupported_ = submitting_->outcome->why;
  if (kind == Submitted::Kind::unable) lacks_ = submitting_->outcome->lacks;
  if (kind != Submitted::Kind::unable)
    block("the message could not be handed to the target: " + submitting_->outcome->why);
  co_return std::nullopt;
}

}  // namespace smtpspec::engine
