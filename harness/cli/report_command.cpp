// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "gate/decision.hpp"
#include "report/console.hpp"
#include "report/format.hpp"
#include "report/progress.hpp"
#include "report/stable.hpp"
#include "result/results_json.hpp"

namespace smtpspec::cli {
namespace {

struct ReportCommand {
  std::string results;
  std::vector<std::string> reports;
  bool stable = false;
  bool verbose = false;

  ExitCode execute() const;
};

// The exit code tells of the reports alone: the run was judged when it ran.
ExitCode ReportCommand::execute() const {
  auto requests = report::parse_report_requests(reports);
  if (!requests) {
    complain(requests.problems());
    return ExitCode::usage;
  }
  auto run = result::read_results(results);
  if (!run) return complain(run.problems());
  // A run without times is of no day, on which an entry could have expired.
  const auto decision = gate::decide(*run, gate::policy_of(*run));
  if (stable) *run = report::stable(std::move(*run));
  bool written = true;
  if (requests->empty()) {
    report::ConsoleOptions options;
    options.colour = report::wants_colour(stdout);
    options.verbose = verbose;
    written = print(report::console(*run, decision, options));
  }
  for (const auto& failure : report::write_reports(*run, decision, *requests)) {
    complain(ExitCode::infrastructure, failure.message);
    written = false;
  }
  return written ? ExitCode::green : ExitCode::infrastructure;
}

}  // namespace

void add_report(CLI::App& app, ExitCode& code) {
  auto command = std::make_shared<ReportCommand>();
  auto& sub = *app.add_subcommand("report", "Make reports of a stored run again, without the target");
  sub.add_option("results", command->results, "A results.json")->required();
  sub.add_option("--report", command->reports,
                 "FORMAT:PATH[:OPTION]; without it the console report is printed")
      ->type_name("FORMAT:PATH");
  sub.add_flag("--stable", command->stable, "Place-holders for times, ports, tokens: two runs diff clean");
  sub.add_flag("-v,--verbose", command->verbose, "Print every dialogue");
  sub.callback([command, &code] { code = command->execute(); });
}

}  // namespace smtpspec::cli
