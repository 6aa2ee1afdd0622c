// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/toml_reader.hpp"
#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/expectation_options.hpp"
#include "cli/finish.hpp"
#include "cli/option_checks.hpp"
#include "cli/required_cases.hpp"
#include "cli/run_description.hpp"
#include "cli/selection_options.hpp"
#include "cli/shard_options.hpp"
#include "cli/stop_signals.hpp"
#include "cli/target_options.hpp"
#include "engine/run.hpp"
#include "gate/decision.hpp"
#include "report/format.hpp"
#include "report/progress.hpp"

namespace smtpspec::cli {
namespace {

using std::chrono::milliseconds;

struct RunCommand {
  SelectionOptions selection;
  TargetOptions target;
  std::vector<std::string> reports;
  engine::RunOptions run;
  std::string max_time;
  LogChoice log;
  std::string expectations;
  std::string shard;
  std::vector<std::string> require;
  bool strict = false;
  bool quiet = false;

  ExitCode execute();

 private:
  ExitCode serve_and_play(const LoadedSuite& loaded, const std::vector<const scenario::Case*>& cases);
  void describe(result::Run& run, const LoadedSuite& loaded) const;
  void note_policy(std::map<std::string, std::string>& options) const;
  bool is_red(const result::CaseResult& one) const;

  std::variant<std::vector<const scenario::Case*>, ExitCode> part_of(
      std::vector<const scenario::Case*> cases);

  std::vector<report::ReportRequest> requests_;
  result::Expectations expected_;
  std::optional<result::Shard> shard_;
  std::vector<std::string> plan_;
};

ExitCode RunCommand::execute() {
  auto requests = report::parse_report_requests(reports);
  if (!requests) {
    complain(requests.problems());
    return ExitCode::usage;
  }
  requests_ = std::move(*requests);
  if (!max_time.empty()) {
    const auto ms = base::parse_duration_ms(max_time);
    if (!ms)
      return complain(ExitCode::usage,
                      fmt::format("--max-time: '{}' is no duration; write it like 90s or 5m", max_time));
    run.schedule.max_time = milliseconds(*ms);
  }
  auto loaded = load(selection);
  if (auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  auto& suite = std::get<LoadedSuite>(loaded);
  auto cases = choose(selection, suite);
  if (auto* code = std::get_if<ExitCode>(&cases)) return *code;
  auto& chosen = std::get<std::vector<const scenario::Case*>>(cases);
  if (const auto code = complain_of_required(require, selection, suite, chosen)) return *code;
  if (!can_write(requests_)) return ExitCode::infrastructure;
  auto part = part_of(std::move(chosen));
  if (auto* code = std::get_if<ExitCode>(&part)) return *code;
  return serve_and_play(suite, std::get<std::vector<const scenario::Case*>>(part));
}

// The cases of our shard; the plan is all of them.
std::variant<std::vector<const scenario::Case*>, ExitCode> RunCommand::part_of(
    std::vector<const scenario::Case*> cases) {
  auto chosen = choose_shard(shard, own_environment());
  if (const auto* bad = std::get_if<BadShard>(&chosen)) return complain(ExitCode::usage, bad->message);
  const auto& [which, said_by] = std::get<ChosenShard>(chosen);
  if (!which) {
    if (!said_by.empty() && !quiet) std::fprintf(stderr, "smtpspec: --shard auto: %s\n", said_by.c_str());
    return cases;
  }
  shard_ = which;
  acknowledge_sharding(own_environment());
  plan_ = plan_of(cases);
  auto ours = cases_of(*which, cases);
  if (!quiet)
    std::fprintf(stderr, "smtpspec: shard %s by %s: %zu of %zu cases\n", result::to_string(*which).c_str(),
                 said_by.c_str(), ours.size(), cases.size());
  return ours;
}

ExitCode RunCommand::serve_and_play(const LoadedSuite& loaded,
                                    const std::vector<const scenario::Case*>& cases) {
  auto chosen = choose_target(target, loaded.data);
  if (auto* code = std::get_if<ExitCode>(&chosen)) return *code;
  auto& [what, configuration] = std::get<ChosenTarget>(chosen);
  auto expected = read_expectations_for(expectations, what.name, loaded.data);
  if (auto* code = std::get_if<ExitCode>(&expected)) return *code;
  expected_ = std::get<result::Expectations>(std::move(expected));
  note_stop_signals();
  wire::raise_open_file_limit();
  wire::EventLoop loop;
  target::StartOptions start;
  start.interrupted = &stop_was_asked_for();
  auto host = target::make_host(loop, what, start, configuration);
  if (auto* failed = std::get_if<target::StartFailed>(&host)) {
    auto result = engine::run_without_target(what, loaded.catalogue, cases, *failed, stop_signal_word());
    describe(result, loaded);
    complain(ExitCode::infrastructure,
             fmt::format("the target {} could not be started: {}", what.name, failed->why));
    return finish(result, requests_, log);
  }
  auto& running = *std::get<std::unique_ptr<target::Host>>(host);
  report::Progress progress(stderr, cases.size(), !quiet);
  run.schedule.strict = strict;
  if (run.schedule.fail_fast || run.schedule.until_fail)
    run.schedule.is_red = [this](const result::CaseResult& one) { return is_red(one); };
  run.messages = loaded.data.messages();
  auto result = engine::run_cases(loop, running, loaded.catalogue, cases, run, stop_signal_word,
                                  [&](const result::CaseResult& done) { progress.case_done(done); });
  progress.clear();
  describe(result, loaded);
  return finish(result, requests_, log);
}

void RunCommand::describe(result::Run& result, const LoadedSuite& loaded) const {
  describe_run(result, loaded, selection, run, target.as_typed());
  auto& options = result.options;
  result.expectations = expected_;
  if (shard_) result.shard = result::to_string(*shard_);
  result.plan = plan_;
  note_policy(options);
}

void RunCommand::note_policy(std::map<std::string, std::string>& options) const {
  if (strict) options["strict"] = "true";
  if (!require.empty()) options["require"] = fmt::format("{}", fmt::join(require, " "));
}

// For --fail-fast and --until-fail: what the gate will say of this case, held against the file as part of a
// run. A known deviation stops nothing, an unexpected pass does.
bool RunCommand::is_red(const result::CaseResult& one) const {
  result::Run part;
  part.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  part.options["client"] = run.client;
  part.options["narrowed"] = "true";
  note_policy(part.options);
  part.expectations = expected_;
  part.cases.push_back(one);
  return gate::decide(part, gate::policy_of(part)).red();
}

}  // namespace

void add_run(CLI::App& app, ExitCode& code) {
  auto command = std::make_shared<RunCommand>();
  auto& sub = *app.add_subcommand("run", "Play scenarios against a target and judge them");
  auto& schedule = command->run.schedule;
  command->selection.add_to(sub);
  command->target.add_to(sub);
  sub.add_option("--report", command->reports,
                 "FORMAT:PATH[:OPTION]; formats: " + report::names_of(report::formats()))
      ->type_name("FORMAT:PATH");
  sub.add_option("--jobs", command->run.jobs, "Cases at once (16, or 48 against the embedded server)")
      ->check(CLI::Range(1, 1000));
  sub.add_option("--client", command->run.client,
                 "Who the harness is where a case does not say: stranger or trusted")
      ->capture_default_str();
  sub.add_flag("--shuffle", schedule.shuffle, "Play in a random order");
  auto* seed = sub.add_option("--seed", schedule.seed, "Of --shuffle; printed in the reports");
  sub.add_option("--repeat", schedule.repeat, "Play each case so often; the worst result stands")
      ->check(CLI::Range(1, 1000000));
  sub.add_flag("--until-fail", schedule.until_fail, "With --repeat: stop repeating a case once it is red");
  sub.add_flag("--fail-fast", schedule.fail_fast,
               "Stop at the first red case; one that --expectations expects is not red");
  sub.add_option("--timeout-multiplier", command->run.timeout_multiplier, "Stretch every timeout")
      ->check(CLI::Range(0.1, 100.0));
  sub.add_option("--max-time", command->max_time, "End the run after this time: 90s, 5m");
  sub.add_option("--require", command->require, "Ids whose `unsupported` is red")->type_name("GLOB");
  sub.add_flag("--strict", command->strict, "A missed SHOULD is red");
  sub.add_option(
         "--expectations", command->expectations,
         "What is known and accepted of the target: red is only what differs. `bundled` takes the file "
         "that comes with smtpspec")
      ->type_name("FILE")
      ->check(not_empty());
  sub.add_option(
         "--shard", command->shard,
         "Play only part I of N, chosen by the ids; auto: as the CI system says. See `smtpspec merge`")
      ->type_name("I/N");
  command->log.add_to(sub);
  sub.add_flag("-q,--quiet", command->quiet, "No progress line");
  sub.callback([command, seed, &code] {
    if (seed->count() == 0) command->run.schedule.seed = std::random_device()();
    code = command->execute();
  });
}

}  // namespace smtpspec::cli
