// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/complaints.hpp"
#include "cli/data_folder.hpp"
#include "cli/target_list.hpp"

namespace smtpspec::cli {
namespace {

ExitCode show_targets(const std::string& data_option) {
  const auto found = find_data_folder(data_option);
  if (const auto* none = std::get_if<NoDataFolder>(&found)) return complain(ExitCode::usage, none->message);
  const auto list = list_targets(std::get<DataFolder>(found).targets(), {});
  if (!print(list.text)) return ExitCode::infrastructure;
  if (list.problems.empty()) return ExitCode::green;
  std::fputs(list.problems.c_str(), stderr);
  return ExitCode::invalid_file;
}

}  // namespace

void add_targets(CLI::App& app, ExitCode& code) {
  auto data = std::make_shared<std::string>();
  auto& sub = *app.add_subcommand(
      "targets", "Check every target file; list which servers can run here, and why the rest can't");
  sub.add_option("--data", *data, "Folder with the bundled scenarios and fixtures")->type_name("DIR");
  sub.callback([data, &code] { code = show_targets(*data); });
}

}  // namespace smtpspec::cli
