// SPDX-License-Identifier: Apache-2.0
#include "engine/run.hpp"

#include <ctime>
#include <random>
#include <set>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "engine/case_description.hpp"
#include "engine/invariants.hpp"
#include "engine/probe.hpp"
#include "engine/queue_watch.hpp"
#include "target/command.hpp"
#include "target/queue.hpp"

namespace smtpspec::engine {
namespace {

using std::chrono::milliseconds;

milliseconds times(milliseconds duration, double factor) {
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor));
}

// The target's own measured times stretch the harness's patience, never shorten it.
Timeouts timeouts_for(const target::Limits& limits, const RunOptions& options) {
  auto timeouts = options.timeouts;
  timeouts.reply =
      std::max({timeouts.reply, 2 * limits.end_of_data, 2 * limits.banner_delay, 2 * limits.quit_delay});
  timeouts.delivery = std::max(timeouts.delivery, limits.delivery);
  for (auto* one : {&timeouts.connect, &timeouts.reply, &timeouts.handshake, &timeouts.delivery}) {
    *one = times(*one, options.timeout_multiplier);
  }
  return timeouts;
}

std::optional<wire::TlsClientContext> tls_context(const target::Tls& tls) {
  wire::TlsClientSettings settings;
  settings.ca_file = tls.ca;
  // Whom a certificate belongs to is not what a conformance test of SMTP asks; the facts still tell.
  settings.verify = false;
  auto made = wire::make_tls_client_context(settings);
  auto* context = std::get_if<wire::TlsClientContext>(&made);
  return context ? std::optional(*context) : std::nullopt;
}

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
  return facts;
}

std::vector<base::Requirement> named_requirements(const scenario::Catalogue& catalogue,
                                                  const std::vector<result::CaseResult>& results) {
  std::set<std::string> ids;
  for (const auto& one : results) {
    ids.insert(one.covers.begin(), one.covers.end());
    for (const auto& verdict : one.requirement_verdicts) ids.insert(verdict.requirement);
  }
  std::vector<base::Requirement> requirements;
  for (const auto& id : ids) {
    if (const auto* known = catalogue.find(id)) requirements.push_back(*known);
  }
  return requirements;
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::uint64_t fresh_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) ^ device();
}

// A case may hold two sessions: its own and the fence's.
std::size_t jobs_within(const target::Limits& limits, std::size_t wanted) {
  if (limits.sessions_at_once == 0) return wanted;
  return std::clamp<std::size_t>(static_cast<std::size_t>(limits.sessions_at_once) / 2, 1, wanted);
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

TargetControl control_of(target::Host& host) {
  TargetControl control;
  control.is_alive = [&host] { return host.alive(); };
  if (host.can_restart()) control.restart = [&host] { return host.restart(); };
  control.log_tail = [&host] { return host.log_tail(); };
  return control;
}

}  // namespace

result::Run run_cases(wire::EventLoop& loop, target::Host& host, const scenario::Catalogue& catalogue,
                      const std::vector<const scenario::Case*>& cases, const RunOptions& options,
                      StopRequest stop, CaseDone done) {
  const auto began = std::chrono::steady_clock::now();
  result::Run run;
  run.started = utc_now();
  const auto& target = host.target();
  Invariants invariants;
  RunContext context(loop, target, catalogue.requirements());
  std::optional<QueueWatch> queue;
  if (!target.commands.queue_list.empty()) {
    queue.emplace(loop, target.commands.queue_list,
                  target.start ? target.start->environment : std::map<std::string, std::string>{});
    context.queue = &*queue;
  }
  // Without a token in its address a mailbox is nobody's own.
  const bool own_mailboxes = target.recipient.find("{token}") != std::string::npos;
  context.mail = own_mailboxes ? host.mail() : nullptr;
  context.invariants = &invariants;
  context.tls = tls_context(target.tls);
  context.timeouts = timeouts_for(target.limits, options);
  context.default_client = options.client;
  context.token_seed = fresh_seed();
  context.messages = options.messages;

  const auto ways = ways_in(context, cases);
  run.aborted = loop.run(probe_all(context, ways, jobs_within(target.limits, options.schedule.jobs), stop));
  const auto unreachable = unreachable_everywhere(context);
  if (!run.aborted.empty()) {
    run.cases = not_played(cases, "not run: " + run.aborted, false);
  } else if (unreachable.empty()) {
    auto schedule = options.schedule;
    schedule.jobs = jobs_within(target.limits, schedule.jobs);
    Scheduler scheduler(context, control_of(host), schedule, cases);
    loop.run(scheduler.run(std::move(stop), std::move(done)));
    run.cases = scheduler.take_results();
    run.aborted = scheduler.aborted();
  } else {
    run.cases = not_played(cases, "not run: the target can't be reached: " + unreachable, true);
  }
  for (auto& result : invariants.results(catalogue.requirements())) run.cases.push_back(std::move(result));
  run.target = facts_of(context, target::version_of(target).value_or(""));
  run.requirements = named_requirements(catalogue, run.cases);
  run.duration = std::chrono::steady_clock::now() - began;
  return run;
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
