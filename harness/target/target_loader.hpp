// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/diagnostic.hpp"
#include "target/target.hpp"

namespace smtpspec::target {

/// Reads a target file and what it extends. All problems of a file are reported at once.
base::Loaded<Target> load_target(const std::filesystem::path& path);

/// The names of the target files in a folder (fixtures/targets), sorted.
std::vector<std::string> target_names(const std::filesystem::path& folder);

/// What --target took: `embedded`, a name out of `folder`, or the path of a file. For a URL see
/// target_url.hpp. NAME@VERSION is NAME out of the unpacked folder ROOT@VERSION instead of ROOT: another
/// Debian suite, another release of a package. Whether that folder is there is found out at the start.
base::Loaded<Target> find_target(const std::string& name_or_path, const std::filesystem::path& folder);

/// A commented target file to start from, for `smtpspec init-target`.
std::string init_target_text();

}  // namespace smtpspec::target
