// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/excerpt.hpp"
#include "engine/patience.hpp"
#include "engine/run_context.hpp"
#include "result/model.hpp"
#include "scenario/model.hpp"

namespace smtpspec::engine {

/// In what order, how often and how many cases at once.
struct ScheduleOptions {
  std::size_t jobs = 16;
  bool shuffle = false;
  std::uint64_t seed = 0;
  std::uint32_t repeat = 1;  ///< plays of each case; the worst result stands
  bool until_fail = false;   ///< repeats each case until it is red, at most `repeat` times
  bool fail_fast = false;    ///< stops at the first red case
  bool strict = false;       ///< for the two above: a warn is red too
  /// What is red for the two above, where something else than the verdict and `strict` says so.
  std::function<bool(const result::CaseResult&)> is_red;
  std::optional<std::chrono::milliseconds> max_time;
};

/// What the scheduler can do about the target itself.
struct TargetControl {
  std::function<bool()> is_alive;  ///< the process lives; true where that can't be known
  std::function<wire::Task<std::string>()>
      restart;  ///< "" when it serves again, else why not; null when it can't be started by us. Other targets
                ///< may be played on the loop meanwhile
  std::function<std::string()> log_tail;
};

/// Says from outside that the run must end: "" to go on, else the word for `Run::aborted`. Asked often.
using StopRequest = std::function<std::string()>;

/// Is told of each case as it is done, in the order of doing.
using CaseDone = std::function<void(const result::CaseResult&)>;

/// Plays cases, several at once, and keeps their results in the order of the cases however they ran.
/// Exclusive cases run alone, after the others.
///
/// A target that seems dead while several sessions are open, and answers when there is none, lets its clients
/// wait for each other: the cases that were in flight, and all that follow, are played one at a time.
///
/// When the target dies, the cases that were in flight run again one by one on a fresh target: the one that
/// kills it is `crash`, the others get their true verdict. Where it can't be restarted all in flight are
/// `crash (one of n)` and the rest is `blocked: not run`.
class Scheduler {
 public:
  Scheduler(RunContext& context, TargetControl control, ScheduleOptions options,
            std::vector<const scenario::Case*> cases);

  /// Plays until all is done or somebody wants it to end. Then `take_results()` has one for every case. After
  /// a run that was ended early what was in flight still lies suspended on the loop: as long as that runs,
  /// for another target, this must stand.
  wire::Task<void> run(StopRequest stop, CaseDone done);

  std::vector<result::CaseResult> take_results();
  const std::string& aborted() const { return aborted_; }
  /// Cases at once in the end: fewer than was asked for where the target let some of them wait in vain.
  std::size_t jobs() const { return jobs_; }

 private:
  enum class State { waiting, in_flight, done };
  enum class Company { others, nobody };  ///< beside which a case is played

  wire::Task<void> play_all();
  wire::Task<void> play_pool(std::vector<std::size_t> cases, Company company);
  void line_up(std::vector<std::size_t> cases);
  wire::Task<void> work();
  wire::Task<bool> play_next();
  wire::Task<void> play_one(std::size_t index);
  wire::Task<result::CaseResult> play_repeatedly(std::size_t index, bool& died);
  wire::Task<result::CaseResult> play_with_retries(std::size_t index, bool& seems_dead);
  wire::Task<bool> is_dead(const scenario::Case& one);
  wire::Task<bool> has_died(const scenario::Case& one, bool seems_dead);
  wire::Task<void> recover();
  wire::Task<void> replay_alone(std::size_t index);
  wire::Task<std::string> restart();
  wire::Task<void> watch(StopRequest stop);
  void finish(std::size_t index, result::CaseResult result);
  void close();
  void stop_with(std::string word);
  bool is_red(const result::CaseResult& result) const;
  bool deviates(const result::CaseResult& result) const;
  std::vector<std::size_t> order() const;

  RunContext& context_;
  const TargetControl control_;
  const ScheduleOptions options_;
  std::size_t jobs_;
  const std::vector<const scenario::Case*> cases_;
  std::vector<State> states_;
  std::vector<result::CaseResult> results_;
  std::vector<std::size_t> queue_;     // of the pool, next one last
  std::vector<std::size_t> in_turn_;   // the same, of those that are played one after the other beside it
  std::vector<std::size_t> suspects_;  // in flight when the target died
  CaseDone done_;
  Patience patience_;
  DialogueRoom room_;
  std::string aborted_;
  bool turn_is_taken_ = false;
  bool target_died_ = false;
  bool target_gone_ = false;
  bool closed_ = false;  // there is a result for every case; what is still in flight comes too late
  std::size_t workers_ = 0;
  std::uint64_t tokens_ = 0;
  wire::Event pool_empty_;
  wire::Event ended_;
  wire::Event nobody_watches_;
};

}  // namespace smtpspec::engine
