// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "scenario/model.hpp"

namespace smtpspec::scenario {

/// The cases of one file, in its order, one for each row of an `each` table.
struct ScenarioFile {
  std::vector<Case> cases;
  std::string spec;                       ///< "RFC 5321"
  std::string section;                    ///< "4.5.2"
  std::vector<base::Diagnostic> remarks;  ///< what loads but only the loader sees; lint reports it
};

/// How much of a scenario is read: all of it, or what a list of cases shows and chooses by, without its steps
/// and what was delivered. What is wrong in the rest is then not seen.
enum class Extent { whole, heads };

/// Reads one file. Reports all that is wrong with it at once; a syntax error stands alone. `id_prefix` is the
/// id of the file ("rfc5321/4.5.2-transparency"); the scenario's id follows behind a "/".
base::Loaded<ScenarioFile> load_file(const std::filesystem::path& path, std::string_view id_prefix,
                                     Extent extent = Extent::whole);

/// The same from a text; `name` stands as the file in every position.
base::Loaded<ScenarioFile> load_text(std::string text, std::string name, std::string_view id_prefix,
                                     Extent extent = Extent::whole);

}  // namespace smtpspec::scenario
