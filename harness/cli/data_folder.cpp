// SPDX-License-Identifier: Apache-2.0
#include "cli/data_folder.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace smtpspec::cli {
namespace {

namespace fs = std::filesystem;

bool holds_scenarios(const fs::path& root) {
  std::error_code ignored;
  return fs::is_directory(root / "scenarios" / "requirements", ignored);
}

// A build folder lies somewhere below the source tree.
fs::path source_tree_above(fs::path folder) {
  for (int i = 0; i < 4 && folder.has_relative_path(); ++i, folder = folder.parent_path()) {
    if (holds_scenarios(folder)) return folder;
  }
  return {};
}

}  // namespace

fs::path own_path() {
  std::error_code error;
  const auto path = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path("smtpspec") : path;
}

std::variant<DataFolder, NoDataFolder> find_data_folder(const std::string& option) {
  const char* environment = std::getenv("SMTPSPEC_DATA");
  const std::string said = !option.empty() ? option : environment ? environment : "";
  if (!said.empty()) {
    if (holds_scenarios(said)) return DataFolder{said};
    return NoDataFolder{fmt::format("{} names '{}', which has no scenarios/requirements below it",
                                    option.empty() ? "SMTPSPEC_DATA" : "--data", said)};
  }
  const auto beside = own_path().parent_path();
  if (const auto installed = beside.parent_path() / "share" / "smtpspec"; holds_scenarios(installed)) {
    return DataFolder{installed};
  }
  if (const auto tree = source_tree_above(beside); !tree.empty()) return DataFolder{tree};
  return NoDataFolder{
      "the bundled scenarios are not beside the program; name their folder by --data or SMTPSPEC_DATA"};
}

}  // namespace smtpspec::cli
