// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "target/instance.hpp"

namespace smtpspec::cli {

/// What a person can choose with --target NAME, and, of the files that are wrong, what is wrong.
struct TargetList {
  std::string text;      ///< a line a target: name, software, whether it can run here or why not
  std::string problems;  ///< empty when every file is right
};

/// Looks at every target file of the folder and of `remote` in it.
TargetList list_targets(const std::filesystem::path& folder, const target::StartOptions& options);

}  // namespace smtpspec::cli
