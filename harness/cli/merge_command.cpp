// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/expectation_options.hpp"
#include "cli/finish.hpp"
#include "cli/option_checks.hpp"
#include "engine/invariants.hpp"
#include "report/format.hpp"
#include "report/stable.hpp"
#include "result/merge.hpp"
#include "result/results_json.hpp"

namespace smtpspec::cli {
namespace {

struct MergeCommand {
  std::vector<std::string> shards;
  std::vector<std::string> reports;
  std::string expectations;
  LogChoice log;
  bool stable = false;

  ExitCode execute() const;

 private:
  std::variant<result::Run, ExitCode> merged() const;
};

std::variant<result::Run, ExitCode> MergeCommand::merged() const {
  std::vector<result::ShardRun> runs;
  for (const auto& path : shards) {
    auto run = result::read_results(path);
    if (!run) {
      complain(run.problems());
      return ExitCode::infrastructure;  // a shard that can't be read is one that is missing
    }
    runs.push_back({path, std::move(*run)});
  }
  auto merged = result::merge_shards(std::move(runs), engine::Invariants::ids());
  if (const auto* no = std::get_if<result::NotOneRun>(&merged))
    return complain(ExitCode::infrastructure, no->message);
  auto& run = std::get<result::Run>(merged);
  if (expectations.empty()) return std::move(run);
  auto expected = read_expectations_for(expectations, run.target.name);
  if (auto* code = std::get_if<ExitCode>(&expected)) return *code;
  run.expectations = std::get<result::Expectations>(std::move(expected));
  return std::move(run);
}

ExitCode MergeCommand::execute() const {
  auto requests = report::parse_report_requests(reports);
  if (!requests) {
    complain(requests.problems());
    return ExitCode::usage;
  }
  auto made = merged();
  if (auto* code = std::get_if<ExitCode>(&made)) return *code;
  auto& run = std::get<result::Run>(made);
  // On the day on which the shards were played: a run without times is of no day.
  const auto decision = gate::decide(run, gate::policy_of(run));
  if (stable) run = report::stable(std::move(run));
  return finish(run, decision, *requests, log);
}

}  // namespace

void add_merge(CLI::App& app, ExitCode& code) {
  auto command = std::make_shared<MergeCommand>();
  auto& sub = *app.add_subcommand("merge", "Put the shards of a run together and judge the whole of it");
  sub.add_option("shards", command->shards, "The results.json of every shard")->required();
  sub.add_option("--report", command->reports, "FORMAT:PATH[:OPTION], as for run")->type_name("FORMAT:PATH");
  sub.add_option("--expectations", command->expectations,
                 "Hold the whole run against this file, whatever the shards were held against")
      ->type_name("FILE")
      ->check(not_empty());
  command->log.add_to(sub);
  sub.add_flag("--stable", command->stable, "Place-holders for times, ports, tokens: two runs diff clean");
  sub.callback([command, &code] { code = command->execute(); });
}

}  // namespace smtpspec::cli
