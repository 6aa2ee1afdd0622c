// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/exit_code.hpp"

namespace CLI {
class App;
}

namespace smtpspec::cli {

using gate::ExitCode;

// Each adds one command with its options. When the command was given it runs and sets `code`.

void add_run(CLI::App& app, ExitCode& code);
void add_compare(CLI::App& app, ExitCode& code);
void add_interop(CLI::App& app, ExitCode& code);
void add_list(CLI::App& app, ExitCode& code);
void add_lint(CLI::App& app, ExitCode& code);
void add_explain(CLI::App& app, ExitCode& code);
void add_serve(CLI::App& app, ExitCode& code);
void add_selftest(CLI::App& app, ExitCode& code);
void add_merge(CLI::App& app, ExitCode& code);
void add_expect(CLI::App& app, ExitCode& code);
void add_report(CLI::App& app, ExitCode& code);
void add_schema(CLI::App& app, ExitCode& code);
void add_init_target(CLI::App& app, ExitCode& code);
void add_targets(CLI::App& app, ExitCode& code);

}  // namespace smtpspec::cli
