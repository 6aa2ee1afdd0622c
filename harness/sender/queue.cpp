// SPDX-License-Identifier: Apache-2.0
#include "sender/queue.hpp"

#include <algorithm>
#include <chrono>
#include <list>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "sender/connection.hpp"
#include "sender/content.hpp"
#include "sender/dialogue.hpp"
#include "sender/envelope.hpp"
#include "sender/report.hpp"
#include "smtp/header_block.hpp"

namespace smtpspec::sender {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t max_hops = 100;           // RFC 5321 6.3
constexpr unsigned attempts_without_pause = 5;  // see QueueBehaviour::retries_at_once

/// One message and those of its recipients that are not done with.
struct Entry {
  std::string id;
  std::shared_ptr<const Message> message;
  std::vector<std::size_t> waiting;  // indices of recipients
  Clock::time_point taken_at;
  unsigned attempts = 0;
  bool under_way = false;
  bool again = false;  // once more, as soon as the attempt under way has ended
  bool forgotten = false;
  std::shared_ptr<Exchange> exchange;  // while one is under way
};

using EntryPtr = std::shared_ptr<Entry>;

std::vector<std::size_t> first_numbers(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = i;
  return numbers;
}

bool is_about(const Entry& entry, std::string_view token) {
  const auto holds = [&](const std::string& address) { return address.find(token) != std::string::npos; };
  return holds(entry.message->reverse_path) ||
         std::any_of(entry.waiting.begin(), entry.waiting.end(),
                     [&](std::size_t i) { return holds(entry.message->recipients[i].address); });
}

}  // namespace

class Queue::Impl : public std::enable_shared_from_this<Queue::Impl> {
 public:
  Impl(wire::EventLoop& loop, Settings settings)
      : loop_(loop), settings_(std::make_shared<const Settings>(std::move(settings))), ended_(loop) {}

  SubmitOutcome submit(Message message);
  void flush();
  void purge();
  void halt();
  void resume();
  void end();

  std::list<EntryPtr> entries;

 private:
  using Self = std::shared_ptr<Impl>;

  std::optional<std::string> refuse(const Message& message) const;
  void start(const EntryPtr& entry);
  void start_waiting();
  static wire::Task<void> keep_retrying(Self self);
  static wire::Task<void> attempt(Self self, EntryPtr entry);
  static wire::Task<std::vector<Outcome>> hand_over(Self self, EntryPtr entry);
  void settle(Entry& entry, std::vector<Outcome> outcomes);
  void give_up_old(const Entry& entry, std::vector<Outcome>& outcomes) const;
  void report(const Entry& entry, const std::vector<Outcome>& outcomes);
  bool goes_on(const Entry& entry) const;
  const QueueBehaviour& behaviour() const { return settings_->behaviour.queue; }

  wire::EventLoop& loop_;
  std::shared_ptr<const Settings> settings_;
  wire::Event ended_;
  bool retrying_ = false;
  bool halted_ = false;
  std::size_t last_id_ = 0;
  std::set<std::string> refused_senders_;  // see QueueBehaviour::caches_refusals
};

std::optional<std::string> Queue::Impl::refuse(const Message& message) const {
  if (!settings_->next_hop) return "550 5.4.4 no next hop";
  if (auto fault = fault_of_envelope(message)) return "553 5.1.3 " + *fault;
  const bool has_nul = message.content.find('\0') != std::string::npos;
  if (has_nul && !settings_->behaviour.content.takes_nul && message.body != Body::binary_mime)
    return "554 5.6.0 the content has an octet 0";
  return std::nullopt;
}

SubmitOutcome Queue::Impl::submit(Message message) {
  if (auto refusal = refuse(message)) return NotTaken{*refusal};
  const bool canonical =
      message.body != Body::binary_mime && !settings_->behaviour.content.takes_stray_line_ends;
  if (canonical) message.content = with_crlf_alone(message.content);
  auto entry = std::make_shared<Entry>();
  entry->id = fmt::format("q{}", ++last_id_);
  entry->waiting = first_numbers(message.recipients.size());
  entry->taken_at = Clock::now();
  entry->message = std::make_shared<const Message>(std::move(message));
  entries.push_back(entry);
  start(entry);
  if (!std::exchange(retrying_, true)) loop_.spawn(keep_retrying(shared_from_this()));
  return Taken{entry->id};
}

void Queue::Impl::start(const EntryPtr& entry) {
  if (halted_) return;
  entry->under_way = true;
  loop_.spawn(attempt(shared_from_this(), entry));
}

void Queue::Impl::start_waiting() {
  for (const EntryPtr& entry : entries) {
    if (!entry->under_way) start(entry);
  }
}

void Queue::Impl::flush() {
  for (const EntryPtr& entry : entries) entry->again = entry->under_way;
  start_waiting();
}

void Queue::Impl::purge() {
  for (const EntryPtr& entry : entries) {
    entry->forgotten = true;
    if (entry->exchange) entry->exchange->break_off();
  }
  entries.clear();
}

/// The attempts under way belong to entries that are forgotten: whatever they come to, nobody learns of it.
void Queue::Impl::halt() {
  halted_ = true;
  std::list<EntryPtr> kept;
  for (const EntryPtr& entry : entries) {
    Entry again;
    again.id = entry->id;
    again.message = entry->message;
    again.waiting = entry->waiting;
    again.taken_at = entry->taken_at;
    if (behaviour().doubles_at_end) kept.push_back(std::make_shared<Entry>(again));
    kept.push_back(std::make_shared<Entry>(std::move(again)));
  }
  purge();
  if (!behaviour().forgets_at_end) entries = std::move(kept);
}

void Queue::Impl::resume() {
  halted_ = false;
  start_waiting();
}

void Queue::Impl::end() {
  purge();
  ended_.set();
}

wire::Task<void> Queue::Impl::keep_retrying(Self self) {
  while (true) {
    const bool ended = co_await self->ended_.wait(wire::deadline_after(self->settings_->retry_interval));
    if (ended) co_return;
    self->start_waiting();
  }
}

wire::Task<void> Queue::Impl::attempt(Self self, EntryPtr entry) {
  do {
    entry->again = false;
    ++entry->attempts;
    std::vector<Outcome> outcomes = co_await hand_over(self, entry);
    entry->exchange.reset();
    if (entry->forgotten) co_return;
    self->settle(*entry, std::move(outcomes));
  } while (self->goes_on(*entry));
  entry->under_way = false;
  if (entry->waiting.empty()) std::erase(self->entries, entry);
}

bool Queue::Impl::goes_on(const Entry& entry) const {
  const bool impatient = behaviour().retries_at_once && entry.attempts < attempts_without_pause;
  return !entry.waiting.empty() && (entry.again || impatient);
}

wire::Task<std::vector<Outcome>> Queue::Impl::hand_over(Self self, EntryPtr entry) {
  const std::size_t hops = smtp::count_fields(entry->message->content, "Received");
  if (hops > max_hops && !self->behaviour().misses_loops) {
    const Outcome loop{Outcome::Kind::failed, "554 5.4.6 too many hops"};
    co_return std::vector<Outcome>(entry->waiting.size(), loop);
  }
  if (self->refused_senders_.contains(entry->message->reverse_path)) {
    const Outcome cached{Outcome::Kind::failed, "550 5.7.1 refused before"};
    co_return std::vector<Outcome>(entry->waiting.size(), cached);
  }
  const bool to_all = self->behaviour().resends_to_delivered;
  if (to_all) entry->waiting = first_numbers(entry->message->recipients.size());
  Dialogue dialogue(self->settings_, entry->message, entry->waiting);
  entry->exchange = std::make_shared<Exchange>(self->settings_, std::move(dialogue));
  const std::shared_ptr<Exchange> exchange = entry->exchange;
  co_await Exchange::run(self->loop_, exchange);
  co_return exchange->dialogue().outcomes();
}

/// Each recipient that is done with leaves the entry, so that none gets the message twice.
void Queue::Impl::settle(Entry& entry, std::vector<Outcome> outcomes) {
  give_up_old(entry, outcomes);
  report(entry, outcomes);
  const auto has_failed = [](const Outcome& outcome) { return outcome.kind == Outcome::Kind::failed; };
  const bool refused = std::all_of(outcomes.begin(), outcomes.end(), has_failed);
  if (refused && behaviour().caches_refusals) refused_senders_.insert(entry.message->reverse_path);
  std::vector<std::size_t> still_waiting;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const bool waits = outcomes[i].kind == Outcome::Kind::deferred && !behaviour().never_retries;
    if (waits) still_waiting.push_back(entry.waiting[i]);
  }
  entry.waiting = std::move(still_waiting);
}

void Queue::Impl::give_up_old(const Entry& entry, std::vector<Outcome>& outcomes) const {
  if (Clock::now() - entry.taken_at < settings_->give_up_after) return;
  for (Outcome& outcome : outcomes) {
    if (outcome.kind == Outcome::Kind::deferred) outcome.kind = Outcome::Kind::failed;
  }
}

void Queue::Impl::report(const Entry& entry, const std::vector<Outcome>& outcomes) {
  std::vector<Reported> reported;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Recipient& recipient = entry.message->recipients[entry.waiting[i]];
    if (is_to_be_reported(recipient, outcomes[i], behaviour())) reported.push_back({recipient, outcomes[i]});
  }
  auto message = report_about(*entry.message, reported, *settings_);
  if (!message) return;
  if (settings_->deliver_bounce) return settings_->deliver_bounce(std::move(*message));
  submit(std::move(*message));
}

Queue::Queue(wire::EventLoop& loop, Settings settings)
    : impl_(std::make_shared<Impl>(loop, std::move(settings))) {}

Queue::~Queue() {
  impl_->end();
}

SubmitOutcome Queue::submit(Message message) {
  return impl_->submit(std::move(message));
}

void Queue::flush() {
  impl_->flush();
}

void Queue::purge() {
  impl_->purge();
}

void Queue::halt() {
  impl_->halt();
}

void Queue::resume() {
  impl_->resume();
}

bool Queue::holds(std::string_view token) const {
  return std::any_of(impl_->entries.begin(), impl_->entries.end(),
                     [&](const EntryPtr& entry) { return is_about(*entry, token); });
}

std::vector<Queued> Queue::list() const {
  std::vector<Queued> queued;
  for (const EntryPtr& entry : impl_->entries) {
    Queued& each = queued.emplace_back(Queued{entry->id, entry->message->reverse_path, {}});
    for (const std::size_t i : entry->waiting)
      each.recipients.push_back(entry->message->recipients[i].address);
  }
  return queued;
}

std::size_t Queue::attempts_under_way() const {
  return static_cast<std::size_t>(std::count_if(impl_->entries.begin(), impl_->entries.end(),
                                                [](const EntryPtr& entry) { return entry->under_way; }));
}

}  // namespace smtpspec::sender
