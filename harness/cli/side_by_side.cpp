// SPDX-License-Identifier: Apache-2.0
#include "cli/side_by_side.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <sys/resource.h>
#include <utility>

#include <fmt/format.h>

#include "base/display.hpp"
#include "cli/complaints.hpp"
#include "cli/instances.hpp"
#include "cli/run_description.hpp"
#include "cli/shard_options.hpp"
#include "cli/stop_signals.hpp"
#include "report/progress.hpp"
#include "target/host.hpp"
#include "target/keeper_nursery_linux.hpp"

namespace smtpspec::cli {
namespace {

using Clock = std::chrono::steady_clock;
using Contestants = std::vector<Contestant>;

/// The contestants that are to be played now, with what becomes of each. Goes through start(), play() and
/// end(), in this order.
class Contest {
 public:
  Contest(const Contestants& contestants, const LoadedSuite& loaded,
          const std::vector<const scenario::Case*>& cases, const engine::RunOptions& options,
          std::uint32_t instances)
      : loaded_(loaded), cases_(cases), options_(options) {
    for (const auto& one : contestants) {
      if (one.target) targets_.push_back(one.target->target);
    }
    instances_ = instances_of(targets_, cases_, instances);
    runs_.resize(instances_.size());
    started_in_.resize(instances_.size());
  }

  void start(wire::EventLoop& loop) {
    const auto began = Clock::now();
    target::StartOptions start;
    start.interrupted = &stop_was_asked_for();
    std::vector<target::Target> each;
    for (const auto& one : instances_) each.push_back(targets_[one.target]);
    auto hosts = target::make_hosts(loop, each, start, {},
                                    [&](std::size_t i) { started_in_[i] = Clock::now() - began; });
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      if (const auto* failed = std::get_if<target::StartFailed>(&hosts[i]))
        note_failure(i, *failed);
      else
        hosts_.push_back(std::get<std::unique_ptr<target::Host>>(std::move(hosts[i]))), played_.push_back(i);
    }
  }

  void play(wire::EventLoop& loop, bool show_progress) {
    std::vector<engine::HostAndCases> all;
    std::size_t plays = 0;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      const auto& one = instances_[played_[i]];
      all.push_back(
          {hosts_[i].get(), cases_of(one.shard, cases_), options_of(one, targets_[one.target], options_)});
      plays += all.back().cases.size();
    }
    report::Progress progress(stderr, plays, show_progress);
    auto runs = engine::run_side_by_side(
        loop, all, loaded_.catalogue, stop_signal_word,
        [&](std::size_t, const result::CaseResult& done) { progress.case_done(done); });
    for (std::size_t i = 0; i < runs.size(); ++i) runs_[played_[i]] = std::move(runs[i]);
  }

  void end() { target::end_hosts(std::move(hosts_)); }

  bool is_reached(std::size_t target) const {
    bool reached = true;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
      if (instances_[i].target == target && !compare::problem_of(runs_[i]).empty()) reached = false;
    }
    return reached;
  }

  result::Run take_run(std::size_t target) {
    std::vector<result::Run> parts;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
      if (instances_[i].target == target) parts.push_back(std::move(runs_[i]));
    }
    return joined(std::move(parts), cases_);
  }

  report::TimeSpent time_spent(std::size_t target) const {
    report::TimeSpent spent;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
      if (instances_[i].target != target) continue;
      spent.starting = std::max<std::chrono::nanoseconds>(spent.starting, started_in_[i]);
    }
    spent.sessions_at_once = engine::cases_at_once(targets_[target], options_);
    const auto& limits = targets_[target].limits;
    spent.banner_delay = limits.banner_delay;
    spent.quit_delay = limits.quit_delay;
    return spent;
  }

 private:
  void note_failure(std::size_t index, const target::StartFailed& failed) {
    const auto& instance = instances_[index];
    const auto& target = targets_[instance.target];
    runs_[index] = engine::run_without_target(target, loaded_.catalogue, cases_of(instance.shard, cases_),
                                              failed, stop_signal_word());
    if (!stop_signal_word().empty()) return;
    complain(gate::ExitCode::infrastructure,
             fmt::format("the target {} could not be started: {}", target.name, failed.why));
  }

  const LoadedSuite& loaded_;
  const std::vector<const scenario::Case*>& cases_;
  const engine::RunOptions& options_;
  std::vector<target::Target> targets_;
  std::vector<Instance> instances_;
  std::vector<std::unique_ptr<target::Host>> hosts_;
  std::vector<std::size_t> played_;  // which instances the hosts are
  std::vector<Clock::duration> started_in_;
  std::vector<result::Run> runs_;
};

template <typename Work>
std::chrono::nanoseconds timed(Work work) {
  const auto began = Clock::now();
  work();
  return Clock::now() - began;
}

double processor_seconds(int whose) {
  rusage used{};
  getrusage(whose, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

SideBySide play_side_by_side(Contestants contestants, const LoadedSuite& loaded,
                             const std::vector<const scenario::Case*>& cases,
                             const SelectionOptions& selection, const engine::RunOptions& options,
                             std::uint32_t instances, bool show_progress) {
  note_stop_signals();
  wire::raise_open_file_limit();
  SideBySide all;
  wire::EventLoop loop;
  Contest contest(contestants, loaded, cases, options, instances);
  all.starting = timed([&] { contest.start(loop); });
  all.playing = timed([&] { contest.play(loop, show_progress); });
  all.ending = timed([&] { contest.end(); });
  all.stopped = stop_signal_word();
  std::size_t next = 0;
  for (auto& contestant : contestants) {
    if (contestant.stored) {
      all.runs.push_back(std::move(*contestant.stored));
      continue;
    }
    const bool reached = contest.is_reached(next);
    auto run = contest.take_run(next);
    describe_run(run, loaded, selection, options, contestant.argument);
    if (!reached) all.not_reached.push_back(run.target.name);
    auto spent = contest.time_spent(next++);
    spent.column = all.runs.size();
    all.times.push_back(spent);
    all.runs.push_back(std::move(run));
  }
  return all;
}

std::string times_text(const compare::Matrix& matrix, const SideBySide& played) {
  if (played.times.empty()) return {};
  const auto seconds = [](std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  return report::time_table(matrix, played.times) +
         fmt::format(
             "{} targets up in {:.1f} s, played in {:.1f} s, gone in {:.1f} s; smtpspec itself used {:.1f} s "
             "of "
             "the processor, the targets {:.1f} s\n\n",
             played.times.size(), seconds(played.starting), seconds(played.playing), seconds(played.ending),
             processor_seconds(RUSAGE_SELF),
             processor_seconds(RUSAGE_CHILDREN) +
                 1e-6 * static_cast<double>(target::processor_time_of_the_kept()));
}

// Of a target that was to be played against it has been said why; a run may have been stored without a word.
std::vector<std::string> not_compared(const compare::Matrix& matrix, const SideBySide& played) {
  auto names = played.not_reached;
  for (std::size_t i = 0; i < matrix.columns.size(); ++i) {
    const auto& column = matrix.columns[i];
    const bool is_stored = std::none_of(played.times.begin(), played.times.end(),
                                        [i](const report::TimeSpent& spent) { return spent.column == i; });
    if (is_stored && !column.problem.empty())
      names.push_back(fmt::format("{} ({})", base::escape_for_display(column.name),
                                  base::escape_for_display(column.problem)));
  }
  return names;
}

// As a run does, which then has cases that are blocked. What was cut short long ago and stored is no news.
bool ended_early(const compare::Matrix& matrix, const SideBySide& played) {
  return std::any_of(played.times.begin(), played.times.end(), [&](const report::TimeSpent& spent) {
    return !matrix.columns[spent.column].run->aborted.empty();
  });
}

}  // namespace smtpspec::cli
