// SPDX-License-Identifier: Apache-2.0
#include "engine/mail_watch.hpp"

#include <fmt/format.h>

#include "engine/matching.hpp"
#include "engine/queue_watch.hpp"

namespace smtpspec::engine {
namespace {

// Mailboxes are looked at this often while something is awaited: well below what any server takes to deliver.
constexpr std::chrono::milliseconds look_interval{3};

bool is_unbounded(const scenario::Bounds& wanted) {
  return wanted.at_most == std::numeric_limits<std::int64_t>::max();
}

}  // namespace

std::vector<target::StoredMessage> MailWatch::messages(std::size_t mailbox) const {
  return context_.mail->messages_for(scope_.token().of_mailbox(mailbox));
}

std::size_t MailWatch::count(std::size_t mailbox) const {
  return context_.mail->count_for(scope_.token().of_mailbox(mailbox));
}

wire::Task<bool> MailWatch::await_count(std::string token, std::size_t count, wire::Deadline deadline) {
  for (;;) {
    context_.mail->refresh();
    if (context_.mail->count_for(token) >= count) co_return true;
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
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

wire::Task<std::string> MailWatch::fence() {
  if (fenced_) co_return std::string{};
  const std::size_t number = fences_++;
  auto problem = co_await send_fence(number);
  if (!problem.empty()) co_return problem;
  const auto deadline = wire::deadline_after(context_.timeouts.delivery);
  auto fence_token = scope_.token().of_fence(number);
  const bool arrived = co_await await_count(std::move(fence_token), 1, deadline);
  if (!arrived) co_return std::string("the fence message did not arrive in its mailbox");
  if (context_.queue) {
    auto stem = scope_.token().stem();
    const bool empty = co_await context_.queue->wait_until_free_of(std::move(stem), deadline);
    if (!empty) co_return std::string("mail of this case is still in the target's queue");
    context_.mail->refresh();
  }
  fenced_ = true;
  co_return std::string{};
}

wire::Task<std::string> MailWatch::settle(std::size_t mailbox, scenario::Bounds wanted) {
  const auto at_least = static_cast<std::size_t>(wanted.at_least);
  if (at_least > 0) {
    const auto deadline = wire::deadline_after(context_.timeouts.delivery);
    auto token = scope_.token().of_mailbox(mailbox);
    co_await await_count(std::move(token), at_least, deadline);
  }
  if (is_unbounded(wanted) && count(mailbox) >= at_least) co_return std::string{};
  co_return co_await fence();
}

wire::Task<std::string> MailWatch::settle_for_question(std::size_t mailbox, scenario::Bounds wanted) {
  context_.mail->refresh();
  const bool enough = static_cast<std::int64_t>(count(mailbox)) >= wanted.at_least;
  if (enough && is_unbounded(wanted)) co_return std::string{};
  co_return co_await fence();
}

}  // namespace smtpspec::engine
