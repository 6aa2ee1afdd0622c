// SPDX-License-Identifier: Apache-2.0
#include "cli/side_by_side.hpp"

#include <cstdio>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "cli/complaints.hpp"
#include "cli/run_description.hpp"
#include "cli/stop_signals.hpp"
#include "compare/matrix.hpp"
#include "report/progress.hpp"
#include "target/host.hpp"

namespace smtpspec::cli {
namespace {

using Clock = std::chrono::steady_clock;
using Contestants = std::vector<Contestant>;

/// The contestants that are to be played now, with what becomes of each. Goes through start(), play() and
/// end(), in this order.
class Contest {
 public:
  Contest(const Contestants& contestants, const LoadedSuite& loaded,
          const std::vector<const scenario::Case*>& cases, const engine::RunOptions& options)
      : loaded_(loaded), cases_(cases), options_(options) {
    for (const auto& one : contestants) {
      if (one.target) targets_.push_back(one.target->target);
    }
    runs_.resize(targets_.size());
    started_in_.resize(targets_.size());
  }

  void start(wire::EventLoop& loop) {
    const auto began = Clock::now();
    target::StartOptions start;
    start.interrupted = &stop_was_asked_for();
    auto hosts = target::make_hosts(loop, targets_, start, {},
                                    [&](std::size_t i) { started_in_[i] = Clock::now() - began; });
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      if (const auto* failed = std::get_if<target::StartFailed>(&hosts[i]))
        note_failure(i, *failed);
      else
        hosts_.push_back(std::get<std::unique_ptr<target::Host>>(std::move(hosts[i]))), played_.push_back(i);
    }
  }

  void play(wire::EventLoop& loop, bool show_progress) {
    std::vector<target::Host*> hosts;
    for (const auto& host : hosts_) hosts.push_back(host.get());
    report::Progress progress(stderr, cases_.size() * hosts.size(), show_progress);
    auto runs = engine::run_side_by_side(
        loop, hosts, loaded_.catalogue, cases_, options_, stop_signal_word,
        [&](std::size_t, const result::CaseResult& done) { progress.case_done(done); });
    for (std::size_t i = 0; i < runs.size(); ++i) runs_[played_[i]] = std::move(runs[i]);
  }

  void end() { target::end_hosts(std::move(hosts_)); }

  std::vector<result::Run> take_runs() { return std::move(runs_); }

  report::TimeSpent time_spent(std::size_t index) const {
    report::TimeSpent spent;
    spent.starting = started_in_[index];
    spent.sessions_at_once = engine::cases_at_once(targets_[index], options_);
    const auto& limits = targets_[index].limits;
    spent.banner_delay = limits.banner_delay;
    spent.quit_delay = limits.quit_delay;
    return spent;
  }

 private:
  void note_failure(std::size_t index, const target::StartFailed& failed) {
    const auto& target = targets_[index];
    runs_[index] = engine::run_without_target(target, loaded_.catalogue, cases_, failed, stop_signal_word());
    if (!stop_signal_word().empty()) return;
    complain(gate::ExitCode::infrastructure,
             fmt::format("the target {} could not be started: {}", target.name, failed.why));
  }

  const LoadedSuite& loaded_;
  const std::vector<const scenario::Case*>& cases_;
  const engine::RunOptions& options_;
  std::vector<target::Target> targets_;
  std::vector<std::unique_ptr<target::Host>> hosts_;
  std::vector<std::size_t> played_;  // which targets the hosts are
  std::vector<Clock::duration> started_in_;
  std::vector<result::Run> runs_;
};

template <typename Work>
std::chrono::nanoseconds timed(Work work) {
  const auto began = Clock::now();
  work();
  return Clock::now() - began;
}

}  // namespace

SideBySide play_side_by_side(Contestants contestants, const LoadedSuite& loaded,
                             const std::vector<const scenario::Case*>& cases,
                             const SelectionOptions& selection, const engine::RunOptions& options,
                             bool show_progress) {
  note_stop_signals();
  wire::raise_open_file_limit();
  SideBySide all;
  wire::EventLoop loop;
  Contest contest(contestants, loaded, cases, options);
  all.starting = timed([&] { contest.start(loop); });
  all.playing = timed([&] { contest.play(loop, show_progress); });
  all.ending = timed([&] { contest.end(); });
  all.stopped = stop_signal_word();
  auto runs = contest.take_runs();
  std::size_t next = 0;
  for (auto& contestant : contestants) {
    if (contestant.stored) {
      all.runs.push_back(std::move(*contestant.stored));
      continue;
    }
    auto& run = runs[next];
    describe_run(run, loaded, selection, options, contestant.argument);
    if (!compare::problem_of(run).empty()) all.not_reached.push_back(run.target.name);
    auto spent = contest.time_spent(next++);
    spent.column = all.runs.size();
    all.times.push_back(spent);
    all.runs.push_back(std::move(run));
  }
  return all;
}

}  // namespace smtpspec::cli
