// SPDX-License-Identifier: Apache-2.0
#include "report/matrix_format.hpp"

#include <utility>

#include "report/matrix_csv.hpp"
#include "report/matrix_html.hpp"
#include "report/matrix_json.hpp"
#include "report/matrix_markdown.hpp"

namespace smtpspec::report {
namespace {

using compare::Matrix;
using result::WriteFailure;

std::string render_json(const Matrix& matrix, std::string_view) {
  return matrix_json(matrix);
}

std::string render_csv(const Matrix& matrix, std::string_view) {
  return matrix_csv(matrix);
}

std::string render_markdown(const Matrix& matrix, std::string_view) {
  return matrix_markdown(matrix);
}

std::string render_html(const Matrix& matrix, std::string_view) {
  return matrix_html(matrix);
}

}  // namespace

const std::vector<MatrixFormat>& matrix_formats() {
  static const std::vector<MatrixFormat> table = {
      {{"json", "every row, column and cell, and what changed between two runs of one target", {}},
       render_json},
      {{"csv", "a line a case, for a spreadsheet", {}}, render_csv},
      {{"markdown", "the counts and the rows that differ, for example for $GITHUB_STEP_SUMMARY", {}},
       render_markdown},
      {{"html", "one page that needs no network: matrix, filters, dialogues side by side", {}}, render_html},
  };
  return table;
}

base::Loaded<std::vector<MatrixReportRequest>> parse_matrix_reports(
    const std::vector<std::string>& arguments) {
  const std::vector<FormatWords> words(matrix_formats().begin(), matrix_formats().end());
  const auto read = parse_report_arguments(arguments, words);
  if (!read) return read.problems();
  std::vector<MatrixReportRequest> requests;
  for (const auto& one : *read) requests.push_back({&matrix_formats()[one.format], one.path, one.option});
  return requests;
}

std::vector<WriteFailure> check_matrix_reports(const std::vector<MatrixReportRequest>& requests) {
  std::vector<WriteFailure> failures;
  for (const auto& request : requests) {
    if (auto failed = result::check_writable(request.path)) failures.push_back(std::move(*failed));
  }
  return failures;
}

std::vector<WriteFailure> write_matrix_reports(const Matrix& matrix,
                                               const std::vector<MatrixReportRequest>& requests) {
  std::vector<WriteFailure> failures;
  for (const auto& request : requests) {
    const auto text = request.format->render(matrix, request.option);
    if (auto failed = result::write_file_atomically(request.path, text))
      failures.push_back(std::move(*failed));
  }
  return failures;
}

}  // namespace smtpspec::report
