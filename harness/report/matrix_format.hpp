// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "compare/matrix.hpp"
#include "report/report_argument.hpp"
#include "result/atomic_file.hpp"

/// The list of formats of a comparison, and its `--report FORMAT:PATH[:OPTION]`.
namespace smtpspec::report {

/// A function from a matrix to text. A new one is a file with such a function and a line in the table of
/// matrix_format.cpp.
struct MatrixFormat : FormatWords {
  using Render = std::string (*)(const compare::Matrix& matrix, std::string_view option);

  Render render;
};

const std::vector<MatrixFormat>& matrix_formats();

/// One `--report` of a comparison.
struct MatrixReportRequest {
  const MatrixFormat* format;
  std::filesystem::path path;  ///< "-" is standard output
  std::string option;          ///< one of format->options, or empty
};

/// As parse_report_requests(), with the formats of a comparison.
base::Loaded<std::vector<MatrixReportRequest>> parse_matrix_reports(
    const std::vector<std::string>& arguments);

/// What would already fail now.
std::vector<result::WriteFailure> check_matrix_reports(const std::vector<MatrixReportRequest>& requests);

/// Writes every report, the later ones even when an earlier one failed.
std::vector<result::WriteFailure> write_matrix_reports(const compare::Matrix& matrix,
                                                       const std::vector<MatrixReportRequest>& requests);

}  // namespace smtpspec::report
