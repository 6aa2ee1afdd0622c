// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "base/diagnostic.hpp"
#include "base/toml_document.hpp"
#include "target/target.hpp"

namespace smtpspec::target {

/// Reads one file over what is already in `target`: a key that the file has replaces the value, the others
/// stay. So a file that extends another is that other read first. Paths are resolved against the file's
/// folder. Says nothing of keys that are missing; check_target() does.
void read_target(const base::TomlDocument& document, const std::filesystem::path& folder, Target& target,
                 std::vector<base::Diagnostic>& problems);

/// What a target as a whole lacks or contradicts. Points at the file it came from.
void check_target(const base::TomlDocument& document, const Target& target,
                  std::vector<base::Diagnostic>& problems);

}  // namespace smtpspec::target
