// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/version.hpp"

namespace smtpspec::cli {
namespace {

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
  for (const auto add : {add_run, add_list, add_lint, add_explain, add_serve, add_selftest, add_report,
                         add_schema, add_init_target, add_targets}) {
    add(app, code);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 answers --help and --version by an "error" of code 0.
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  return static_cast<int>(code);
}

}  // namespace
}  // namespace smtpspec::cli

int main(int argc, char** argv) {
  try {
    return smtpspec::cli::parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "smtpspec: a fault of smtpspec itself, please report it: %s\n", error.what());
    return static_cast<int>(smtpspec::cli::ExitCode::infrastructure);
  }
}
