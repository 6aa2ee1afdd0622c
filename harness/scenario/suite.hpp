// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "base/diagnostic.hpp"
#include "scenario/loader.hpp"
#include "scenario/model.hpp"

namespace smtpspec::scenario {

/// All cases at hand, in catalogue order: by RFC, section (numerically), file, and the order within it.
struct Suite {
  std::vector<Case> cases;
  std::vector<base::Diagnostic> remarks;  ///< what loads but only the loader sees; lint reports it
};

/// Reads files and whole folders of scenarios (`*.toml`, recursively; folders called `requirements` and
/// hidden ones are left out). The id of a file is its path below the folder named here, or its own name where
/// the file was named. Reports the problems of all files at once, and ids that two files share.
base::Loaded<Suite> load_suite(const std::vector<std::filesystem::path>& paths,
                               Extent extent = Extent::whole);

}  // namespace smtpspec::scenario
