// SPDX-License-Identifier: Apache-2.0
#include "engine/run.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "engine/admission.hpp"
#include "engine/beside.hpp"
#include "engine/case_description.hpp"
#include "engine/invariants.hpp"
#include "engine/needs.hpp"
#include "engine/next_hop.hpp"
#include "engine/probe.hpp"
#include "engine/queue_watch.hpp"
#include "engine/run_facts.hpp"
#include "engine/target_access.hpp"

namespace smtpspec::engine {
namespace {

using std::chrono::milliseconds;

std::set<ProbeKey> ways_in(const RunContext& context, const std::vector<const scenario::Case*>& cases) {
  std::set<ProbeKey> ways;
  for (const auto* one : cases) {
    if (endpoint_url(context.target, one->on).empty()) continue;
    ways.insert({one->on, one->client.empty() ? context.default_client : one->client});
  }
  return ways;
}

// How often somebody outside is asked whether the run must end.
constexpr milliseconds watch_interval{20};

/// Asks every way into the target what it offers, several at once. Outlives its coroutines' last step: they
/// share it.
struct Probing {
  Probing(RunContext& c, const std::set<ProbeKey>& ways, std::size_t at_once)
      : context(c),
        waiting(ways.rbegin(), ways.rend()),
        workers(std::min(at_once, ways.size())),
        done(c.loop) {}

  RunContext& context;
  std::vector<ProbeKey> waiting;
  std::size_t workers;
  wire::Event done;
};

wire::Task<void> probe_those_waiting(std::shared_ptr<Probing> probing) {
  while (!probing->waiting.empty()) {
    auto way = std::move(probing->waiting.back());
    probing->waiting.pop_back();
    auto found = co_await probe_endpoint(probing->context, way);
    probing->context.probes.emplace(std::move(way), std::move(found));
  }
  if (--probing->workers == 0) probing->done.set();
}

// "" when all is known, else the word of whoever wanted the run to end.
wire::Task<std::string> probe_all(RunContext& context, std::set<ProbeKey> ways, std::size_t at_once,
                                  StopRequest stop) {
  auto probing = std::make_shared<Probing>(context, ways, at_once);
  for (std::size_t i = 0, n = probing->workers; i < n; ++i) context.loop.spawn(probe_those_waiting(probing));
  while (probing->workers > 0) {
    if (auto word = stop ? stop() : std::string(); !word.empty()) co_return word;
    const auto deadline = wire::deadline_after(watch_interval);
    co_await probing->done.wait(deadline);
  }
  co_return std::string();
}

// Somebody must greet somewhere; otherwise nothing can be said of the target.
std::string unreachable_everywhere(const RunContext& context) {
  std::string why;
  for (const auto& [way, found] : context.probes) {
    if (!found.unreachable) return {};
    if (why.empty()) why = fmt::format("{}: {}", endpoint_url(context.target, way.on), found.failure);
  }
  return why;
}

std::vector<std::string> ehlo_lines(const ProbedEndpoint& probe) {
  std::vector<std::string> lines;
  for (const auto& capability : probe.capabilities.keywords) lines.push_back(capability.line);
  return lines;
}

result::TargetFacts facts_of(const RunContext& context, const std::string& version) {
  result::TargetFacts facts;
  facts.name = context.target.name;
  facts.software = context.target.software;
  facts.version = version;
  for (const auto& [way, found] : context.probes) {
    if (!facts.banner.empty() && way.on != "smtp") continue;
    facts.banner = found.banner;
    facts.ehlo = ehlo_lines(found);
    facts.address = endpoint_url(context.target, way.on);
  }
  facts.offers = offers_of(context);
  return facts;
}

std::vector<result::CaseResult> not_played(const std::vector<const scenario::Case*>& cases,
                                           const std::string& reason, bool unreachable) {
  std::vector<result::CaseResult> results;
  for (const auto* one : cases) {
    results.push_back(unplayed(*one, Verdict::blocked, reason));
    results.back().unreachable = unreachable;
  }
  return results;
}

wire::Task<std::string> restart_beside(wire::EventLoop& loop, target::Host& host) {
  auto work = [&host] { return host.restart(); };
  co_return co_await beside(loop, std::move(work));
}

TargetControl control_of(wire::EventLoop& loop, target::Host& host) {
  TargetControl control;
  control.is_alive = [&host] { return host.alive(); };
  if (host.can_restart()) control.restart = [&loop, &host] { return restart_beside(loop, host); };
  control.log_tail = [&host] { return host.log_tail(); };
  return control;
}

// Most of its cases only wait, and it is sooner through them; a real server's limits for one client are
// lower.
constexpr std::size_t jobs_against_the_embedded = 48;

bool any_sends(const std::vector<const scenario::Case*>& cases) {
  return std::any_of(cases.begin(), cases.end(),
                     [](const scenario::Case* one) { return one->role != scenario::Role::client; });
}

/// The run of one target, with all that its cases share.
class TargetRun {
 public:
  TargetRun(wire::EventLoop& loop, Admission& admission, target::Host& host,
            const scenario::Catalogue& catalogue, const std::vector<const scenario::Case*>& cases,
            const RunOptions& options, StopRequest stop, CaseDone done)
      : loop_(loop),
        host_(host),
        catalogue_(catalogue),
        cases_(cases),
        options_(options),
        stop_(std::move(stop)),
        done_(std::move(done)),
        context_(loop, host.target(), catalogue.requirements()) {
    const auto& target = host.target();
    if (can_list_queue(host)) {
      queue_.emplace(loop, [&loop, &host] { return list_queue_of(loop, host); });
      context_.queue = &*queue_;
    }
    context_.hands = hands_of(loop, host);
    if (host.sender())
      context_.make_sender = [&host](const wire::Endpoint& next_hop) { return host.make_sender(next_hop); };
    // Without a token in its address a mailbox is nobody's own.
    const bool own_mailboxes = target.recipient.find("{token}") != std::string::npos;
    context_.mail = own_mailboxes ? host.mail() : nullptr;
    context_.invariants = &invariants_;
    context_.admission = &admission;
    context_.tls = tls_context(target.tls);
    context_.timeouts = timeouts_for(target.limits, options.timeouts, options.timeout_multiplier);
    context_.default_client = options.client;
    context_.token_seed = fresh_seed();
    context_.messages = options.messages;
  }

  wire::Task<void> play() {
    const auto began = std::chrono::steady_clock::now();
    run_.started = utc_now();
    if (auto problem = listen_as_next_hop(); !problem.empty()) {
      run_.cases = not_played(cases_, "not run: " + problem, true);
      co_return;
    }
    auto schedule = options_.schedule;
    schedule.jobs = cases_at_once(host_.target(), options_);
    run_.options["jobs"] = std::to_string(schedule.jobs);
    auto ways = ways_in(context_, cases_);
    run_.aborted = co_await probe_all(context_, std::move(ways), schedule.jobs, stop_);
    const auto unreachable = unreachable_everywhere(context_);
    if (!run_.aborted.empty()) {
      run_.cases = not_played(cases_, "not run: " + run_.aborted, false);
    } else if (unreachable.empty()) {
      scheduler_.emplace(context_, control_of(loop_, host_), schedule, cases_);
      co_await scheduler_->run(stop_, done_);
      run_.cases = scheduler_->take_results();
      run_.aborted = scheduler_->aborted();
      run_.options["jobs"] = std::to_string(scheduler_->jobs());
    } else {
      run_.cases = not_played(cases_, "not run: the target can't be reached: " + unreachable, true);
    }
    for (auto& result : invariants_.results(catalogue_.requirements()))
      run_.cases.push_back(std::move(result));
    const auto version = co_await version_beside(loop_, host_.target());
    run_.target = facts_of(context_, version);
    run_.requirements = named_requirements(catalogue_, run_.cases);
    run_.duration = std::chrono::steady_clock::now() - began;
  }

  result::Run take_result() { return std::move(run_); }

 private:
  // "" or why not: somebody else has the port.
  std::string listen_as_next_hop() {
    const auto at = host_.next_hop();
    if (!at || !any_sends(cases_)) return {};
    next_hop_.emplace(loop_, next_hop_options(context_.target));
    auto problem = next_hop_->listen(*at);
    if (problem.empty()) context_.next_hop = &*next_hop_;
    return problem;
  }

  wire::EventLoop& loop_;
  target::Host& host_;
  const scenario::Catalogue& catalogue_;
  const std::vector<const scenario::Case*>& cases_;
  const RunOptions& options_;
  const StopRequest stop_;
  const CaseDone done_;
  Invariants invariants_;
  std::optional<QueueWatch> queue_;
  std::optional<NextHop> next_hop_;
  RunContext context_;
  std::optional<Scheduler> scheduler_;
  result::Run run_;
};

/// The runs that have not come to their end, and somebody who waits for that.
struct Ending {
  Ending(wire::EventLoop& loop, std::size_t runs) : left(runs), all(loop) {}
  std::size_t left;
  wire::Event all;
};

wire::Task<void> play_one_of(TargetRun& run, Ending& ending) {
  co_await run.play();
  if (--ending.left == 0) ending.all.set();
}

wire::Task<void> play_all(wire::EventLoop& loop, std::vector<std::unique_ptr<TargetRun>>& runs) {
  Ending ending(loop, runs.size());
  for (auto& run : runs) loop.spawn(play_one_of(*run, ending));
  if (!runs.empty()) co_await ending.all.wait(wire::no_deadline);
}

}  // namespace

std::size_t cases_at_once(const target::Target& target, const RunOptions& options) {
  const bool embedded = target.kind == target::Target::Kind::embedded;
  const auto wanted = options.jobs.value_or(embedded ? jobs_against_the_embedded : ScheduleOptions{}.jobs);
  if (target.limits.sessions_at_once == 0) return wanted;
  // A case may hold two sessions: its own and the fence's.
  return std::clamp<std::size_t>(static_cast<std::size_t>(target.limits.sessions_at_once) / 2, 1, wanted);
}

result::Run run_cases(wire::EventLoop& loop, target::Host& host, const scenario::Catalogue& catalogue,
                      const std::vector<const scenario::Case*>& cases, const RunOptions& options,
                      StopRequest stop, CaseDone done) {
  Admission admission(loop);
  TargetRun run(loop, admission, host, catalogue, cases, options, std::move(stop), std::move(done));
  loop.run(run.play());
  return run.take_result();
}

std::vector<result::Run> run_side_by_side(wire::EventLoop& loop, const std::vector<HostAndCases>& all,
                                          const scenario::Catalogue& catalogue, StopRequest stop,
                                          CaseOfHostDone done) {
  Admission admission(loop);
  std::vector<std::unique_ptr<TargetRun>> runs;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [host, cases, options] = all[i];
    CaseDone of_host = [i, &done](const result::CaseResult& result) {
      if (done) done(i, result);
    };
    runs.push_back(std::make_unique<TargetRun>(loop, admission, *host, catalogue, cases, options, stop,
                                               std::move(of_host)));
  }
  loop.run(play_all(loop, runs));
  std::vector<result::Run> results;
  for (auto& run : runs) results.push_back(run->take_result());
  return results;
}

result::Run run_without_target(const target::Target& target, const scenario::Catalogue& catalogue,
                               const std::vector<const scenario::Case*>& cases,
                               const target::StartFailed& failed, const std::string& aborted) {
  result::Run run;
  run.started = utc_now();
  run.target.name = target.name;
  run.target.software = target.software;
  run.aborted = aborted;
  run.cases = not_played(
      cases, "not run: " + (aborted.empty() ? "the target could not be started: " + failed.why : aborted),
      aborted.empty());
  if (!run.cases.empty()) run.cases.front().server_log = failed.log_tail;
  run.requirements = named_requirements(catalogue, run.cases);
  return run;
}

}  // namespace smtpspec::engine
