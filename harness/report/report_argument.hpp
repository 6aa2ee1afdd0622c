// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/diagnostic.hpp"

/// `--report FORMAT:PATH[:OPTION]`, whatever the formats are.
namespace smtpspec::report {

/// What a person can write of a format.
struct FormatWords {
  std::string name;
  std::string gist;                  ///< one line for --help
  std::vector<std::string> options;  ///< words allowed after the path
};

/// "json, csv": what the help of `--report` names.
template <typename Formats>
std::string names_of(const Formats& formats) {
  std::string names;
  for (const FormatWords& one : formats) names += (names.empty() ? "" : ", ") + one.name;
  return names;
}

/// One `--report`, read.
struct ReportArgument {
  std::size_t format = 0;      ///< index into the formats
  std::filesystem::path path;  ///< "-" is standard output
  std::string option;          ///< one of the format's, or empty
};

/// Reads the arguments of all `--report`. An unknown format or option is reported with the nearest one, as
/// are a missing path and two reports to one path.
base::Loaded<std::vector<ReportArgument>> parse_report_arguments(const std::vector<std::string>& arguments,
                                                                 const std::vector<FormatWords>& formats);

}  // namespace smtpspec::report
