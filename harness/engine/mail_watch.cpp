// SPDX-License-Identifier: Apache-2.0
#include "engine/mail_watch.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/matching.hpp"
#include "engine/next_hop.hpp"
#include "engine/queue_watch.hpp"
#include "engine/submission.hpp"

namespace smtpspec::engine {
namespace {

// Mailboxes are looked at this often while something is awaited: well below what any server takes to deliver.
constexpr std::chrono::milliseconds look_interval{3};

// A client that is run by hand has sent all that it will when it is quiet for so long.
constexpr std::chrono::milliseconds quiet_time{1000};

// What has not come by then is asked for by a fence, where the queue can be listed: it proves sooner than all
// the time that a delivery may take that nothing will come.
constexpr std::chrono::milliseconds usual_delivery{3000};

// Within that a fence goes to the next hop where nothing holds it up.
constexpr std::chrono::milliseconds time_without_flush{300};

bool is_unbounded(const scenario::Bounds& wanted) {
  return wanted.at_most == std::numeric_limits<std::int64_t>::max();
}

}  // namespace

target::MailStore* MailWatch::store_of(CaseMailbox mailbox) const {
  if (!mailbox.at_next_hop) return context_.mail;
  return next_hop_ ? &next_hop_->mail() : nullptr;
}

std::vector<target::StoredMessage> MailWatch::messages(CaseMailbox mailbox) const {
  return store_of(mailbox)->messages_for(scope_.token().of_mailbox(mailbox.index));
}

std::size_t MailWatch::count(CaseMailbox mailbox) const {
  return store_of(mailbox)->count_for(scope_.token().of_mailbox(mailbox.index));
}

wire::Task<bool> MailWatch::await_count(CaseMailbox where, std::string token, std::size_t count,
                                        wire::Deadline deadline) {
  auto* store = store_of(where);
  for (;;) {
    store->refresh();
    if (store->count_for(token) >= count) co_return true;
    if (wire::FairClock::now() >= deadline) co_return false;
    co_await wire::sleep_for(context_.loop, look_interval);
  }
}

wire::Task<std::string> MailWatch::send_fence(std::size_t number) {
  scenario::Prelude prelude;
  prelude.from = scenario::Prelude::From::data;
  prelude.tls = case_.prelude.tls;
  prelude.auth = case_.prelude.auth;
  prelude.recipients.push_back(
      scenario::Template::literal(fill_token(context_.target.recipient, scope_.token().of_fence(number))));
  Scope scope(context_.target, scope_.token());
  Dialogue dialogue;
  dialogue.authenticates = true;
  dialogue.name = "fence";
  dialogue.client = client_;
  auto failure = co_await open_dialogue(context_, scope, prelude, case_.on, dialogue);
  std::string problem = failure ? describe(*failure) : "";
  lost_target_ = failure && looks_like_death(failure->kind);
  if (!failure) {
    const auto deadline = wire::deadline_after(context_.timeouts.reply);
    const auto content =
        fmt::format("Subject: fence {}\r\n\r\nfence\r\n.\r\n", scope_.token().of_fence(number));
    co_await dialogue.session->send(content, deadline);
    const Event event = co_await dialogue.session->next_event(deadline);
    lost_target_ = event.kind == Event::Kind::closed;
    const bool taken = event.kind == Event::Kind::reply && event.reply.code / 100 == 2;
    if (taken)
      co_await close_dialogue(context_, dialogue);
    else
      problem = "the fence message was not taken: " + describe(event);
  }
  if (!problem.empty()) records_.push_back(dialogue.take_record());
  co_return problem;
}

wire::Task<std::string> MailWatch::send_fence_to_next_hop(std::size_t number) {
  const auto token = scope_.token().of_fence(number);
  Submission submission;
  submission.sender = scope_.sender();
  submission.recipients = {fmt::format("user+{}@{}", token, context_.target.relay_domain)};
  submission.content = fmt::format("Subject: fence {}\r\n\r\nfence\r\n", token);
  Submitted outcome;
  if (hands_.submit) {
    outcome = co_await hands_.submit(std::move(submission), next_hop_->endpoint());
  } else {
    Dialogue dialogue;
    dialogue.name = "fence";
    outcome = co_await submit_by_smtp(context_, scope_, std::move(submission), dialogue);
    if (outcome.kind != Submitted::Kind::taken) records_.push_back(dialogue.take_record());
  }
  const bool taken = outcome.kind == Submitted::Kind::taken;
  co_return taken ? std::string{} : "the fence message to the next hop was not taken: " + outcome.why;
}

// A destination that has just refused or broken off is left alone for a while by some; they can be told.
wire::Task<void> MailWatch::hurry(CaseMailbox where) {
  if (!where.at_next_hop || !hands_.can || !hands_.can("flush")) co_return;
  std::string flush = "flush";
  co_await hands_.act(std::move(flush));
}

// What of the fence, and of all that was sent before it, is not through by then; "" when all of it is.
wire::Task<std::string> MailWatch::what_is_missing(CaseMailbox where, std::string fence_token,
                                                   wire::Deadline deadline) {
  const bool arrived = co_await await_count(where, std::move(fence_token), 1, deadline);
  if (!arrived) co_return std::string("the fence message did not arrive in its mailbox");
  if (!queue_) co_return std::string{};
  auto stem = scope_.token().stem();
  const bool empty = co_await queue_->wait_until_free_of(std::move(stem), deadline);
  if (!empty) co_return std::string("mail of this case is still in the target's queue");
  store_of(where)->refresh();
  co_return std::string{};
}

wire::Task<std::string> MailWatch::fence(CaseMailbox where) {
  bool& fenced = where.at_next_hop ? fenced_at_next_hop_ : fenced_;
  if (fenced) co_return std::string{};
  const std::size_t number = fences_++;
  std::string problem;
  if (where.at_next_hop)
    problem = co_await send_fence_to_next_hop(number);
  else
    problem = co_await send_fence(number);
  if (!problem.empty()) co_return problem;
  const auto deadline = wire::deadline_after(context_.timeouts.delivery);
  const auto fence_token = scope_.token().of_fence(number);
  // Most often nothing waits for a flush, which costs more than all else in a case.
  const bool may_go_by_itself = where.at_next_hop && queue_ != nullptr;
  if (may_go_by_itself)
    problem = co_await what_is_missing(where, fence_token, wire::deadline_after(time_without_flush));
  if (!may_go_by_itself || !problem.empty()) {
    co_await hurry(where);
    problem = co_await what_is_missing(where, fence_token, deadline);
  }
  fenced = problem.empty();
  co_return problem;
}

// In place of a fence, which nobody would send by hand.
wire::Task<std::string> MailWatch::wait_until_quiet() {
  const bool quiet =
      co_await next_hop_->wait_until_quiet(quiet_time, wire::deadline_after(context_.timeouts.delivery));
  co_return quiet ? std::string{} : std::string("the client's session did not come to its end");
}

wire::Task<std::string> MailWatch::settle(CaseMailbox mailbox, scenario::Bounds wanted) {
  if (hands_.sends_by_hand) co_return co_await wait_until_quiet();
  const auto at_least = static_cast<std::size_t>(wanted.at_least);
  if (at_least > 0) {
    const auto longest = context_.timeouts.delivery;
    const auto deadline = wire::deadline_after(queue_ ? std::min(longest, usual_delivery) : longest);
    auto token = scope_.token().of_mailbox(mailbox.index);
    co_await await_count(mailbox, std::move(token), at_least, deadline);
  }
  if (is_unbounded(wanted) && count(mailbox) >= at_least) co_return std::string{};
  co_return co_await fence(mailbox);
}

wire::Task<std::string> MailWatch::settle_for_question(CaseMailbox mailbox, scenario::Bounds wanted) {
  store_of(mailbox)->refresh();
  const bool enough = static_cast<std::int64_t>(count(mailbox)) >= wanted.at_least;
  if (enough && is_unbounded(wanted)) co_return std::string{};
  if (hands_.sends_by_hand) co_return co_await wait_until_quiet();
  co_return co_await fence(mailbox);
}

}  // namespace smtpspec::engine
