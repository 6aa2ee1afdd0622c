// SPDX-License-Identifier: Apache-2.0
#include "cli/run_description.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/version.hpp"

namespace smtpspec::cli {

void describe_run(result::Run& result, const LoadedSuite& loaded, const SelectionOptions& selection,
                  const engine::RunOptions& played, const std::string& target_argument) {
  result.tool_version = tool_version;
  result.suite_version = selection.selection.suite.empty() ? suite_version : selection.selection.suite;
  result.target.argument = target_argument;
  const auto root = loaded.data.root.string() + "/";
  for (auto& one : result.cases) {
    if (one.position.file.starts_with(root)) one.position.file.erase(0, root.size());
  }
  auto& options = result.options;
  options["client"] = played.client;
  options["profile"] = selection.profile;
  if (!selection.data.empty()) options["data"] = selection.data;
  if (selection.slow) options["slow"] = "true";
  if (selection.narrows()) options["narrowed"] = "true";
  if (const auto own = selection.own_places(); !own.empty())
    options["own scenarios"] = fmt::format("{}", fmt::join(own, " "));
  options["selection"] = fmt::format("{}", fmt::join(selection.words, " "));
  options["timeout-multiplier"] = fmt::format("{}", played.timeout_multiplier);
  if (played.schedule.shuffle) options["seed"] = std::to_string(played.schedule.seed);
}

}  // namespace smtpspec::cli
