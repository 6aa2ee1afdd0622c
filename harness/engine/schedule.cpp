// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule.hpp"

#include <algorithm>
#include <map>
#include <random>

#include <fmt/format.h>

#include "engine/admission.hpp"
#include "engine/case_description.hpp"
#include "engine/case_run.hpp"
#include "engine/needs.hpp"
#include "engine/probe.hpp"
#include "scenario/roles.hpp"

namespace smtpspec::engine {
namespace {

constexpr std::uint32_t max_attempts = 3;

// How often somebody outside is asked whether the run must end.
constexpr std::chrono::milliseconds watch_interval{20};
constexpr int looks_at_a_dying_target = 25;

// "the verdict was not the same in all 20 repetitions: 19 pass, 1 fail".
std::string how_often(const std::map<Verdict, int>& verdicts) {
  int plays = 0;
  std::vector<std::string> each;
  for (const auto& [verdict, times] : verdicts) {
    plays += times;
    each.push_back(fmt::format("{} {}", times, base::to_string(verdict)));
  }
  return fmt::format("the verdict was not the same in all {} repetitions: {}", plays, fmt::join(each, ", "));
}

bool uses_shared_next_hop(const RunContext& context, const scenario::Case& one) {
  if (one.role == scenario::Role::client || context.target.kind == target::Target::Kind::client) return false;
  return !(context.make_sender && one.role == scenario::Role::server);
}

// Whoever stops or reloads the target disturbs everybody; to flush its queue does not.
bool wants_to_be_alone(const scenario::Case& one) {
  return one.exclusive || one.disruptive;
}

}  // namespace

Scheduler::Scheduler(RunContext& context, TargetControl control, ScheduleOptions options,
                     std::vector<const scenario::Case*> cases)
    : context_(context),
      control_(std::move(control)),
      options_(options),
      jobs_(options.jobs),
      cases_(std::move(cases)),
      states_(cases_.size(), State::waiting),
      results_(cases_.size()),
      pool_empty_(context.loop),
      ended_(context.loop),
      nobody_watches_(context.loop) {}

std::vector<std::size_t> Scheduler::order() const {
  std::vector<std::size_t> indices(cases_.size());
  for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = i;
  if (options_.shuffle) {
    std::mt19937_64 random(options_.seed);
    std::shuffle(indices.begin(), indices.end(), random);
  }
  return indices;
}

wire::Task<void> Scheduler::run(StopRequest stop, CaseDone done) {
  done_ = std::move(done);
  context_.loop.spawn(watch(std::move(stop)));
  context_.loop.spawn(play_all());
  co_await ended_.wait(wire::no_deadline);
  co_await nobody_watches_.wait(wire::no_deadline);
  close();
}

void Scheduler::close() {
  const auto reason = "not run: " + (target_gone_ ? std::string("the target is dead") : aborted_);
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    if (states_[i] != State::done) finish(i, unplayed(*cases_[i], Verdict::blocked, reason));
  }
  closed_ = true;
}

wire::Task<void> Scheduler::watch(StopRequest stop) {
  using Clock = std::chrono::steady_clock;  // however busy the machine is
  const auto limit = options_.max_time ? Clock::now() + *options_.max_time : Clock::time_point::max();
  while (!ended_.is_set()) {
    if (auto word = stop ? stop() : std::string(); !word.empty()) stop_with(std::move(word));
    if (Clock::now() >= limit) stop_with("max-time");
    co_await ended_.wait(wire::deadline_after(watch_interval));
  }
  nobody_watches_.set();
}

void Scheduler::stop_with(std::string word) {
  if (aborted_.empty()) aborted_ = std::move(word);
  ended_.set();
}

wire::Task<void> Scheduler::play_all() {
  // Behind a case in which the target sends, its queue is emptied: no other case's mail may be in it then.
  // The embedded target gives such a case a queue of its own.
  const bool queue_is_shared = !context_.make_sender;
  std::vector<std::size_t> together, sending, alone;
  for (const auto index : order()) {
    const auto& one = *cases_[index];
    const bool sends = queue_is_shared && one.role != scenario::Role::client;
    (wants_to_be_alone(one) ? alone : sends ? sending : together).push_back(index);
  }
  co_await play_pool(std::move(together), Company::others);
  co_await play_pool(std::move(sending), Company::others);
  co_await play_pool(std::move(alone), Company::nobody);
  ended_.set();
}

wire::Task<void> Scheduler::play_pool(std::vector<std::size_t> cases, Company company) {
  line_up(std::move(cases));
  while (queue_.size() + in_turn_.size() > 0 && !target_gone_ && !ended_.is_set()) {
    pool_empty_.reset();
    turn_is_taken_ = false;
    workers_ = company == Company::nobody ? 1 : std::min(jobs_, queue_.size() + in_turn_.size());
    for (std::size_t i = 0, n = workers_; i < n; ++i) context_.loop.spawn(work());
    co_await pool_empty_.wait(wire::no_deadline);
    if (target_died_) co_await recover();
  }
}

// A script has the target's mail for itself: such cases are played one after the other, and the next one
// holds no place while it waits for its turn. Those that only look at that mail come last, when the scripts
// are through.
void Scheduler::line_up(std::vector<std::size_t> cases) {
  std::reverse(cases.begin(), cases.end());
  std::stable_partition(cases.begin(), cases.end(),
                        [this](auto index) { return uses_shared_next_hop(context_, *cases_[index]); });
  for (const auto index : cases) {
    const auto& one = *cases_[index];
    const bool in_turn = uses_shared_next_hop(context_, one) && scenario::plays_our_server(one);
    (in_turn ? in_turn_ : queue_).push_back(index);
  }
}

wire::Task<void> Scheduler::work() {
  for (bool goes_on = true; goes_on;) {
    if (context_.admission) co_await context_.admission->enter();
    goes_on = co_await play_next();
    if (context_.admission) context_.admission->leave();
  }
  if (--workers_ == 0) pool_empty_.set();
}

// False where nothing is left to do.
wire::Task<bool> Scheduler::play_next() {
  if (target_died_ || ended_.is_set()) co_return false;
  const bool in_turn = !in_turn_.empty() && !turn_is_taken_;
  auto& from = in_turn ? in_turn_ : queue_;
  if (from.empty()) co_return false;
  const auto index = from.back();
  from.pop_back();
  if (in_turn) turn_is_taken_ = true;
  co_await play_one(index);
  if (in_turn) turn_is_taken_ = false;
  co_return true;
}

wire::Task<void> Scheduler::play_one(std::size_t index) {
  states_[index] = State::in_flight;
  bool died = false;
  auto result = co_await play_repeatedly(index, died);
  if (died && !target_died_) {
    target_died_ = true;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (states_[i] == State::in_flight) suspects_.push_back(i);
    }
  }
  // Whoever was in flight when the target died is played again.
  if (!target_died_) finish(index, std::move(result));
}

// A process that dies closes its sessions before anyone can see that it has ended, and its kernel still
// accepts for it: as long as it only closes on us, it is looked at again.
wire::Task<bool> Scheduler::is_dead(const scenario::Case& one) {
  const auto client = one.client.empty() ? context_.default_client : one.client;
  for (int look = 0; look < looks_at_a_dying_target; ++look) {
    if (control_.is_alive && !control_.is_alive()) co_return true;
    const Presence presence = co_await look_for_target(context_, one.on, client);
    if (presence != Presence::closes) co_return presence == Presence::gone;
    co_await wire::sleep_for(context_.loop, watch_interval);
  }
  co_return false;
}

// A case need not notice that its target has died: of a process that we keep it is asked each time.
wire::Task<bool> Scheduler::has_died(const scenario::Case& one, bool seems_dead) {
  if (!seems_dead && (!control_.is_alive || control_.is_alive())) co_return false;
  co_return co_await is_dead(one);
}

wire::Task<result::CaseResult> Scheduler::play_repeatedly(std::size_t index, bool& died) {
  result::CaseResult worst;
  std::map<Verdict, int> verdicts;
  for (std::uint32_t i = 0; i < options_.repeat && !died; ++i) {
    bool seems_dead = false;
    auto result = co_await play_with_retries(index, seems_dead);
    ++verdicts[result.verdict];
    if (i == 0 || result.verdict > worst.verdict) worst = std::move(result);
    died = co_await has_died(*cases_[index], seems_dead);
    if (options_.until_fail && is_red(worst)) break;
  }
  if (verdicts.size() > 1) worst.reason += (worst.reason.empty() ? "" : "; ") + how_often(verdicts);
  co_return worst;
}

wire::Task<result::CaseResult> Scheduler::play_with_retries(std::size_t index, bool& seems_dead) {
  const auto& one = *cases_[index];
  if (auto unmet = unmet_need(one, context_)) {
    auto result = unplayed(one, Verdict::unsupported, std::move(unmet->why));
    result.lacks = std::move(unmet->lacks);
    co_return result;
  }
  Patience::Way way{one.on, one.client.empty() ? context_.default_client : one.client, one.prelude};
  std::optional<result::CaseResult> result;
  for (std::uint32_t attempt = 1;; ++attempt) {
    if (const auto objection = patience_.objection(way)) {
      if (!result) result = unplayed(one, Verdict::blocked, describe(*objection));
      co_return std::move(*result);
    }
    CaseRun play(context_, one, CaseToken(context_.token_seed, ++tokens_),
                 {attempt, attempt == max_attempts});
    result = co_await play.run();
    result->attempts = attempt;
    seems_dead = play.target_seems_dead();
    way.to_mail = play.waited_for_mail();
    patience_.note(way, play.prelude_outcome());
    const bool again = play.worth_another_try() && attempt < max_attempts &&
                       result->verdict == Verdict::blocked && patience_.is_worth_another_try(way);
    if (!again || (seems_dead && control_.is_alive && !control_.is_alive())) co_return std::move(*result);
    co_await wire::sleep_for(context_.loop, context_.target.limits.retry_after);
  }
}

wire::Task<std::string> Scheduler::restart() {
  if (!control_.restart) co_return std::string("it was not started by us");
  co_return co_await control_.restart();
}

wire::Task<void> Scheduler::recover() {
  auto suspects = std::move(suspects_);
  suspects_.clear();
  target_died_ = false;
  // Only with nobody else in the way can a dead target be told from one that serves fewer sessions at once
  // than we open and lets the others wait.
  bool is_crowded = false;
  if (jobs_ > 1) is_crowded = !co_await is_dead(*cases_[suspects.front()]);
  std::string problem;
  if (is_crowded)
    jobs_ = 1;
  else
    problem = co_await restart();
  if (!problem.empty()) {
    for (const auto index : suspects) {
      auto result =
          unplayed(*cases_[index], Verdict::crash,
                   fmt::format("the target died (one of {} cases in flight) and can't be restarted: {}",
                               suspects.size(), problem));
      if (control_.log_tail) result.server_log = control_.log_tail();
      finish(index, std::move(result));
    }
    target_gone_ = true;
    co_return;
  }
  patience_.forget();
  for (const auto index : suspects) {
    if (target_gone_) co_return;
    co_await replay_alone(index);
  }
}

wire::Task<void> Scheduler::replay_alone(std::size_t index) {
  bool seems_dead = false;
  auto result = co_await play_with_retries(index, seems_dead);
  const bool dead = co_await has_died(*cases_[index], seems_dead);
  if (!dead) {
    finish(index, std::move(result));
    co_return;
  }
  result.verdict = Verdict::crash;
  result.reason = "the target died of this case";
  if (control_.log_tail) result.server_log = control_.log_tail();
  finish(index, std::move(result));
  const auto problem = co_await restart();
  target_gone_ = !problem.empty();
}

bool Scheduler::is_red(const result::CaseResult& result) const {
  return options_.is_red ? options_.is_red(result) : deviates(result);
}

bool Scheduler::deviates(const result::CaseResult& result) const {
  switch (result.verdict) {
    case Verdict::pass:
    case Verdict::info:
    case Verdict::unsupported:
      return false;
    case Verdict::warn:
      return options_.strict;
    default:
      return true;
  }
}

void Scheduler::finish(std::size_t index, result::CaseResult result) {
  if (closed_) return;
  if (deviates(result) && result.server_log.empty() && control_.log_tail)
    result.server_log = control_.log_tail();
  for (auto& session : result.sessions) room_.take(session);
  states_[index] = State::done;
  if (done_) done_(result);
  const bool ends_the_run = options_.fail_fast && !ended_.is_set() && is_red(result);
  results_[index] = std::move(result);
  if (ends_the_run) stop_with("fail-fast");
}

std::vector<result::CaseResult> Scheduler::take_results() {
  return std::move(results_);
}

}  // namespace smtpspec::engine
