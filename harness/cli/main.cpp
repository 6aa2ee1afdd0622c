// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/version.hpp"
#include "target/keeper_nursery_linux.hpp"
#include "wire/fair_clock.hpp"

namespace smtpspec::cli {
namespace {

// An option that may be repeated takes one value each time; what follows it are case ids.
void take_one_value_each(CLI::App& app) {
  for (auto* command : app.get_subcommands({})) {
    for (auto* option : command->get_options()) {
      if (!option->get_positional()) option->allow_extra_args(false);
    }
    take_one_value_each(*command);
  }
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("Plays scripted SMTP dialogues against a mail server and judges every answer by the RFC.",
               "smtpspec");
  app.set_version_flag("--version", std::string("smtpspec ") + tool_version);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 green, 1 red, 2 wrong options or nothing matched, 3 invalid file, 4 target or report "
      "not\n"
      "reachable, 5 nothing was judged, 130 and 143 interrupted. Manual: reports/docs and "
      "scenarios/README.md");
  ExitCode code = ExitCode::green;
  for (const auto add :
       {add_run, add_compare, add_interop, add_list, add_lint, add_explain, add_serve, add_selftest,
        add_merge, add_expect, add_report, add_schema, add_init_target, add_targets}) {
    add(app, code);
  }
  take_one_value_each(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 answers --help and --version by an "error" of code 0.
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  return static_cast<int>(code);
}

// A standard stream that whoever started us has closed would be the number of the next socket, and a report
// printed would go to the target. The file that takes its place can only be used the wrong way round, so that
// printing still fails.
void fill_closed_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    (void)!::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace
}  // namespace smtpspec::cli

int main(int argc, char** argv) {
  smtpspec::cli::fill_closed_standard_streams();
  smtpspec::target::begin_keeper_nursery();
  const smtpspec::wire::MachineWatch watch;
  try {
    return smtpspec::cli::parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "smtpspec: a fault of smtpspec itself, please report it: %s\n", error.what());
    return static_cast<int>(smtpspec::cli::ExitCode::infrastructure);
  }
}
