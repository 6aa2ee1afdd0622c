// SPDX-License-Identifier: Apache-2.0
#include "interop/play.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "engine/run_facts.hpp"
#include "engine/target_access.hpp"
#include "interop/case_id.hpp"
#include "interop/pair_results.hpp"
#include "interop/pairing.hpp"
#include "interop/sending_server.hpp"

namespace smtpspec::interop {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How often mailboxes are looked at.
constexpr milliseconds look_interval{30};
// What has neither arrived nor come back by then is looked for in the queue.
constexpr milliseconds patience{20'000};
// Of what is recorded only, so much is not waited for.
constexpr milliseconds patience_with_the_unjudged{10'000};
constexpr milliseconds between_flushes{3000};
// For notices that are still on their way when all is over.
constexpr milliseconds last_grace{3000};

/// Everything that one call of play() needs, from the first round to the results.
class Interop {
 public:
  Interop(wire::EventLoop& loop, const std::vector<Seat>& senders, const std::vector<Seat>& receivers,
          const std::vector<const Message*>& messages, const scenario::Catalogue& catalogue,
          const PlayOptions& options, engine::StopRequest stop, MessageDone done)
      : loop_(loop),
        senders_(senders),
        receivers_(receivers),
        messages_(messages),
        catalogue_(catalogue),
        options_(options),
        stop_(std::move(stop)),
        done_(std::move(done)),
        one_ended_(loop) {}

  wire::Task<void> play();
  result::Run take_run() { return std::move(run_); }

 private:
  struct PairWork {
    SendingServer* sender = nullptr;
    target::Host* receiver = nullptr;
    std::vector<Exchange*> exchanges;
    std::vector<Exchange*> batch;  ///< those that are on their way now
    std::size_t next = 0;          ///< the one that is handed over next
    std::size_t workers = 0;
  };

  void make_senders();
  wire::Task<void> find_versions();
  wire::Task<void> play_round(const Round& round);
  wire::Task<void> play_pair(PairWork& work);
  wire::Task<void> play_batch(PairWork& work);
  wire::Task<void> hand_over_some(PairWork& work);
  wire::Task<void> settle(PairWork& work);
  wire::Task<void> wait_for_last_notices();
  wire::Task<void> look_into_receivers();
  bool is_settled(const PairWork& work, const Exchange& exchange);
  bool is_stopped();
  std::vector<Exchange*> prepare(const Pair& pair);
  std::string why_not_played(const Pair& pair) const;
  void add_results();
  void describe_run();

  wire::EventLoop& loop_;
  const std::vector<Seat>& senders_;
  const std::vector<Seat>& receivers_;
  const std::vector<const Message*>& messages_;
  const scenario::Catalogue& catalogue_;
  const PlayOptions& options_;
  const engine::StopRequest stop_;
  const MessageDone done_;
  const std::uint64_t seed_ = engine::fresh_seed();
  std::vector<std::unique_ptr<SendingServer>> sending_;  // by the seat's place; null where there is none
  std::vector<std::string> problems_;                    // of the same places
  std::map<std::pair<std::size_t, std::size_t>, std::vector<std::unique_ptr<Exchange>>> exchanges_;
  std::vector<std::unique_ptr<PairWork>> works_;  // kept: what a stop leaves on the loop refers to them
  std::vector<std::string> receiver_queues_;
  std::map<std::string, std::string> versions_;
  wire::Event one_ended_;
  std::size_t pairs_left_ = 0;
  std::uint64_t tokens_ = 0;
  result::Run run_;
};

bool Interop::is_stopped() {
  if (run_.aborted.empty() && stop_) run_.aborted = stop_();
  return !run_.aborted.empty();
}

void Interop::make_senders() {
  for (const auto& seat : senders_) {
    problems_.push_back(seat.why);
    sending_.push_back(nullptr);
    if (!seat.host) continue;
    auto server = std::make_unique<SendingServer>(loop_, *seat.host, catalogue_.requirements(),
                                                  options_.timeout_multiplier);
    problems_.back() = server->listen();
    if (problems_.back().empty()) sending_.back() = std::move(server);
  }
}

wire::Task<void> Interop::find_versions() {
  for (const auto* seats : {&senders_, &receivers_}) {
    for (const auto& seat : *seats) {
      if (!seat.host || versions_.contains(seat.name)) continue;
      versions_[seat.name] = co_await engine::version_beside(loop_, seat.host->target());
    }
  }
}

std::string Interop::why_not_played(const Pair& pair) const {
  if (!sending_[pair.sender]) return problems_[pair.sender];
  return receivers_[pair.receiver].host ? "" : receivers_[pair.receiver].why;
}

std::vector<Exchange*> Interop::prepare(const Pair& pair) {
  Addressing addressing;
  addressing.recipient = receivers_[pair.receiver].host->target().recipient;
  addressing.sender = senders_[pair.sender].host->target().recipient;
  addressing.messages = options_.messages;
  std::vector<Exchange*> all;
  for (const auto* message : messages_) {
    addressing.token = engine::CaseToken(seed_, ++tokens_);
    auto& owned = exchanges_[{pair.sender, pair.receiver}];
    owned.push_back(std::make_unique<Exchange>(make_exchange(*message, pair, addressing)));
    all.push_back(owned.back().get());
  }
  return all;
}

wire::Task<void> Interop::hand_over_some(PairWork& work) {
  while (work.next < work.batch.size() && !is_stopped()) {
    auto& exchange = *work.batch[work.next++];
    if (exchange.problem.empty()) co_await work.sender->hand_over(exchange);
  }
  --work.workers;
  one_ended_.set();
}

// What is to be awaited has come: the mail at every recipient, or the word of whoever did not take it, and
// after a refusal the notice to whoever sent it.
bool Interop::is_settled(const PairWork& work, const Exchange& exchange) {
  if (exchange.handed_over.kind != engine::Submitted::Kind::taken) return true;
  auto* mail = work.receiver->mail();
  const auto& tokens = exchange.tokens;
  const auto has_arrived = [&](const std::string& token) { return mail && mail->count_for(token) > 0; };
  const auto progress = work.sender->middleman().progress_of(exchange.addressing.token.stem());
  // Mail may be in its mailbox a moment before the receiver says that it took it.
  if (std::all_of(tokens.begin(), tokens.end(), has_arrived)) return !progress.owed;
  if (progress.deferred) return true;
  if (progress.refused && exchange.message->has_null_sender()) return true;
  auto* reports = work.sender->host().mail();
  return reports && reports->count_for(exchange.addressing.token.of_mailbox(index_of_sender)) > 0;
}

wire::Task<void> Interop::settle(PairWork& work) {
  const auto begun = Clock::now();
  const bool judged = !work.batch.empty() && work.batch.front()->message->judged;
  const auto whole = judged ? patience : patience_with_the_unjudged;
  const auto until =
      begun +
      milliseconds(static_cast<long>(static_cast<double>(whole.count()) * options_.timeout_multiplier));
  auto next_flush = begun + between_flushes;
  std::size_t left = work.batch.size();
  while (left > 0 && Clock::now() < until && !is_stopped()) {
    for (auto* host : {work.receiver, &work.sender->host()}) {
      if (host->mail()) host->mail()->refresh();
    }
    for (auto* exchange : work.batch) {
      if (exchange->settled || !is_settled(work, *exchange)) continue;
      exchange->settled = true;
      exchange->ended = Clock::now();
      --left;
      if (done_) done_({});
    }
    if (left > 0 && Clock::now() > next_flush) {
      co_await work.sender->flush();
      next_flush = Clock::now() + between_flushes;
    }
    if (left > 0) co_await wire::sleep_for(loop_, look_interval);
  }
}

wire::Task<void> Interop::play_batch(PairWork& work) {
  work.next = 0;
  work.workers = options_.sessions_at_once;
  for (std::size_t i = 0, n = work.workers; i < n; ++i) loop_.spawn(hand_over_some(work));
  while (work.workers > 0) {
    one_ended_.reset();
    const auto deadline = wire::deadline_after(look_interval);
    co_await one_ended_.wait(deadline);
  }
  co_await settle(work);
}

wire::Task<void> Interop::play_pair(PairWork& work) {
  // What a server may take ill comes when all else is through: a connection that is ended for it, or a route
  // given up, is nobody else's.
  for (const bool judged : {true, false}) {
    work.batch.clear();
    for (auto* exchange : work.exchanges) {
      if (exchange->message->judged == judged) work.batch.push_back(exchange);
    }
    co_await play_batch(work);
  }
  std::vector<Exchange*> open;
  for (auto* exchange : work.exchanges) {
    auto* mail = work.receiver->mail();
    const auto& tokens = exchange->tokens;
    const bool is_there = mail && std::all_of(tokens.begin(), tokens.end(), [&](const std::string& token) {
                            return mail->count_for(token) > 0;
                          });
    const bool was_taken = exchange->handed_over.kind == engine::Submitted::Kind::taken;
    if (was_taken && exchange->played && !is_there) open.push_back(exchange);
  }
  if (!is_stopped()) co_await work.sender->clear_queue(std::move(open));
  work.sender->end_connections();
  --pairs_left_;
  one_ended_.set();
}

wire::Task<void> Interop::play_round(const Round& round) {
  std::size_t begun = 0;
  for (const auto& pair : round) {
    if (!why_not_played(pair).empty()) continue;
    auto work = std::make_unique<PairWork>();
    work->sender = sending_[pair.sender].get();
    work->receiver = receivers_[pair.receiver].host;
    work->exchanges = prepare(pair);
    work->sender->lead_to(*work->receiver);
    works_.push_back(std::move(work));
    ++begun;
  }
  pairs_left_ = begun;
  for (std::size_t i = works_.size() - begun; i < works_.size(); ++i) loop_.spawn(play_pair(*works_[i]));
  while (pairs_left_ > 0 && !is_stopped()) {
    one_ended_.reset();
    const auto deadline = wire::deadline_after(look_interval);
    co_await one_ended_.wait(deadline);
  }
}

// A notice may come late, and so may a second copy.
wire::Task<void> Interop::wait_for_last_notices() {
  bool any_open = false;
  for (const auto& [pair, exchanges] : exchanges_) {
    for (const auto& exchange : exchanges) any_open = any_open || !exchange->settled;
  }
  if (any_open && !is_stopped()) co_await wire::sleep_for(loop_, last_grace);
  for (const auto* seats : {&senders_, &receivers_}) {
    for (const auto& seat : *seats) {
      if (seat.host && seat.host->mail()) seat.host->mail()->refresh();
    }
  }
}

wire::Task<void> Interop::look_into_receivers() {
  for (const auto& seat : receivers_) {
    const bool can_look = seat.host && engine::can_list_queue(*seat.host) && !is_stopped();
    std::string listing(no_listing);
    if (can_look) listing = co_await engine::list_queue_of(loop_, *seat.host);
    receiver_queues_.push_back(std::move(listing));
  }
}

void Interop::add_results() {
  for (std::size_t s = 0; s < senders_.size(); ++s) {
    for (std::size_t r = 0; r < receivers_.size(); ++r) {
      const Pair pair{s, r};
      const PairSeats seats{senders_[s], receivers_[r]};
      const auto found = exchanges_.find({s, r});
      for (std::size_t m = 0; m < messages_.size(); ++m) {
        auto result = describe_pair_case(seats, *messages_[m]);
        const auto why = why_not_played(pair);
        if (!why.empty()) {
          const bool is_unable = senders_[s].is_unable || receivers_[r].is_unable;
          result.verdict = is_unable ? base::Verdict::unsupported : base::Verdict::blocked;
          result.reason = why;
          result.unreachable = !is_unable;
        } else if (found == exchanges_.end() || !found->second[m]->played) {
          const bool is_faulty = found != exchanges_.end() && !found->second[m]->problem.empty();
          result.verdict = is_faulty ? base::Verdict::error : base::Verdict::blocked;
          result.reason = is_faulty ? found->second[m]->problem : "not run: " + run_.aborted;
        } else {
          fill_pair_case(*found->second[m], seats, sending_[s]->middleman(), receiver_queues_[r],
                         catalogue_.requirements(), result);
        }
        run_.cases.push_back(std::move(result));
      }
    }
  }
}

void Interop::describe_run() {
  std::vector<std::string> names;
  for (const auto* seats : {&senders_, &receivers_}) {
    for (const auto& seat : *seats) {
      const auto version = versions_[seat.name];
      const auto name = version.empty() ? seat.name : seat.name + " " + version;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  run_.target.name = target_name;
  run_.target.software = fmt::format("{}", fmt::join(names, ", "));
  run_.requirements = engine::named_requirements(catalogue_, run_.cases);
}

wire::Task<void> Interop::play() {
  const auto began = Clock::now();
  run_.started = engine::utc_now();
  make_senders();
  co_await find_versions();
  const auto rounds = rounds_of(senders_.size(), receivers_.size());
  for (const auto& round : rounds) {
    if (is_stopped()) break;
    co_await play_round(round);
  }
  co_await wait_for_last_notices();
  co_await look_into_receivers();
  add_results();
  describe_run();
  run_.duration = Clock::now() - began;
}

}  // namespace

result::Run play(wire::EventLoop& loop, const std::vector<Seat>& senders, const std::vector<Seat>& receivers,
                 const std::vector<const Message*>& messages, const scenario::Catalogue& catalogue,
                 const PlayOptions& options, engine::StopRequest stop, MessageDone done) {
  Interop interop(loop, senders, receivers, messages, catalogue, options, std::move(stop), std::move(done));
  loop.run(interop.play());
  return interop.take_run();
}

}  // namespace smtpspec::interop
