// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/diagnostic.hpp"

namespace smtpspec::cli {

/// Which cases caught which defect of the embedded server: fixtures/defects/caught.tsv, a line a defect, its
/// name, a tab, and the ids of the cases that were fail, warn, blocked or crash, separated by spaces.
using CaughtTable = std::map<std::string, std::set<std::string>>;

std::string format_caught(const CaughtTable& table);
CaughtTable parse_caught(const std::string& text);

/// Empty when the file can't be read.
CaughtTable read_caught(const std::filesystem::path& path);

}  // namespace smtpspec::cli
