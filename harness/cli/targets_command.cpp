// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/data_folder.hpp"
#include "target/target_loader.hpp"

namespace smtpspec::cli {
namespace {

ExitCode list_targets(const std::string& data_option) {
  const auto found = find_data_folder(data_option);
  if (const auto* none = std::get_if<NoDataFolder>(&found)) return complain(ExitCode::usage, none->message);
  const auto folder = std::get<DataFolder>(found).targets();
  std::string text = "embedded\tthe server inside smtpspec\n";
  for (const auto& name : target::target_names(folder)) {
    const auto target = target::find_target(name, folder);
    if (!target) return complain(target.problems());
    text += fmt::format("{}\t{}\n", name, target->software);
  }
  return print(text) ? ExitCode::green : ExitCode::infrastructure;
}

}  // namespace

void add_targets(CLI::App& app, ExitCode& code) {
  auto data = std::make_shared<std::string>();
  auto& sub = *app.add_subcommand("targets", "List the targets that have a file");
  sub.add_option("--data", *data, "Folder with the bundled scenarios and fixtures")->type_name("DIR");
  sub.callback([data, &code] { code = list_targets(*data); });
}

}  // namespace smtpspec::cli
