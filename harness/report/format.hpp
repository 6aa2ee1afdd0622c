// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "gate/decision.hpp"
#include "report/report_argument.hpp"
#include "result/atomic_file.hpp"
#include "result/model.hpp"

/// The list of report formats, and `--report FORMAT:PATH[:OPTION]`.
namespace smtpspec::report {

/// A format: a function from a run and the gate's decision to text, in one piece or more. A new one is a file
/// with such a function and a line in the table of format.cpp.
struct Format : FormatWords {
  using Render = void (*)(const result::Run& run, const gate::Decision& decision, std::string_view option,
                          const result::PutPiece& put);
  Render render;
};

const std::vector<Format>& formats();

/// One `--report`.
struct ReportRequest {
  const Format* format;
  std::filesystem::path path;  ///< "-" is standard output
  std::string option;          ///< one of format->options, or empty
};

/// Reads the arguments of all `--report`. An unknown format or option is reported with the nearest one, as
/// are a missing path and two reports to one path.
base::Loaded<std::vector<ReportRequest>> parse_report_requests(const std::vector<std::string>& arguments);

/// What would already fail now: call it before a run, so that nobody waits for a report that can't be
/// written.
std::vector<result::WriteFailure> check_reports(const std::vector<ReportRequest>& requests);

/// Writes every report, the later ones even when an earlier one failed.
std::vector<result::WriteFailure> write_reports(const result::Run& run, const gate::Decision& decision,
                                                const std::vector<ReportRequest>& requests);

}  // namespace smtpspec::report
