// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "scenario/manual.hpp"
#include "scenario/schema.hpp"
#include "target/target_loader.hpp"
#include "target/target_schema.hpp"

namespace smtpspec::cli {
namespace {

ExitCode printed(const std::string& text) {
  return print(text) ? ExitCode::green : ExitCode::infrastructure;
}

}  // namespace

void add_schema(CLI::App& app, ExitCode& code) {
  struct Wanted {
    bool manual = false;
    bool target = false;
  };
  auto wanted = std::make_shared<Wanted>();
  auto& sub = *app.add_subcommand("schema", "Print the JSON schema of scenario or target files, for editors");
  auto* manual =
      sub.add_flag("--manual", wanted->manual, "Print every key with its meaning as Markdown instead");
  sub.add_flag("--target", wanted->target, "Of target files")->excludes(manual);
  sub.callback([wanted, &code] {
    code = printed(wanted->target   ? target::target_schema()
                   : wanted->manual ? scenario::scenario_manual()
                                    : scenario::scenario_schema());
  });
}

void add_init_target(CLI::App& app, ExitCode& code) {
  auto& sub = *app.add_subcommand("init-target", "Print a commented target file to start from");
  sub.callback([&code] { code = printed(target::init_target_text()); });
}

}  // namespace smtpspec::cli
