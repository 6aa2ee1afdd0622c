// SPDX-License-Identifier: Apache-2.0
#include "cli/finish.hpp"

#include <algorithm>
#include <ctime>
#include <random>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/complaints.hpp"
#include "report/log.hpp"
#include "report/progress.hpp"

namespace smtpspec::cli {
namespace {

using gate::ExitCode;

// What to do where the verdicts alone don't tell it. A target that did not even start has no address.
void advise(const result::Run& run, ExitCode code) {
  if (code == ExitCode::infrastructure && !run.target.address.empty()) {
    complain(code, fmt::format("no case reached {}: see that the server runs, listens there and greets",
                               run.target.address));
  }
  if (code == ExitCode::nothing_judged) {
    complain(code, "no case could be judged: each is unsupported or blocked, for the reasons above");
  }
}

std::string secret() {
  std::random_device device;
  return fmt::format("smtpspec-{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

report::LogOptions options_of(const LogChoice& log) {
  report::LogOptions options;
  options.format = report::parse_log_format(log.format).value_or(report::LogFormat::console);
  // GitLab's log is no terminal, but shows colours.
  options.colour = report::wants_colour(stdout) ||
                   (options.format == report::LogFormat::gitlab && !report::refuses_colour());
  options.verbose = log.verbose;
  options.secret = secret();
  options.unix_time = static_cast<std::int64_t>(std::time(nullptr));
  return options;
}

}  // namespace

void LogChoice::add_to(CLI::App& command) {
  command.add_option("--format", format, "console, plain, or for a CI system's log github or gitlab")
      ->check(CLI::IsMember({"console", "plain", "github", "gitlab"}));
  command.add_flag("-v,--verbose", verbose, "Print every dialogue");
}

bool can_write(const std::vector<report::ReportRequest>& requests) {
  const auto failures = report::check_reports(requests);
  for (const auto& failure : failures) complain(ExitCode::infrastructure, failure.message);
  return failures.empty();
}

ExitCode finish(const result::Run& run, const std::vector<report::ReportRequest>& requests,
                const LogChoice& log) {
  return finish(run, gate::decide(run, gate::policy_of(run)), requests, log);
}

ExitCode finish(const result::Run& run, const gate::Decision& decision,
                const std::vector<report::ReportRequest>& requests, const LogChoice& log) {
  const auto failures = report::write_reports(run, decision, requests);
  // Where a report itself goes to standard output, nothing else may.
  const bool is_taken =
      std::any_of(requests.begin(), requests.end(), [](const auto& one) { return one.path == "-"; });
  const bool printed = is_taken || print(report::log_text(run, decision, options_of(log)));
  advise(run, decision.exit_code);
  for (const auto& failure : failures) complain(ExitCode::infrastructure, failure.message);
  const bool stopped =
      decision.exit_code == ExitCode::interrupted || decision.exit_code == ExitCode::terminated;
  if ((!failures.empty() || !printed) && !stopped) return ExitCode::infrastructure;
  return decision.exit_code;
}

}  // namespace smtpspec::cli
