// SPDX-License-Identifier: Apache-2.0
#include "report/matrix_csv.hpp"

#include <string_view>
#include <vector>

#include "base/display.hpp"
#include "report/matrix_cell.hpp"

namespace smtpspec::report {
namespace {

// A field that begins with one of these is a formula to a spreadsheet, quoted or not; an apostrophe before it
// makes it a text. Control characters can't stand here: the text was escaped.
bool looks_like_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos;
}

std::string field(std::string_view text) {
  const auto safe = (looks_like_formula(text) ? "'" : "") + std::string(text);
  if (safe.find_first_of("\",\r\n") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string line(const std::vector<std::string>& fields) {
  std::string text;
  for (const auto& one : fields) text += (text.empty() ? "" : ",") + field(one);
  return text + "\r\n";
}

std::vector<std::string> heading(const compare::Matrix& matrix) {
  std::vector<std::string> fields = {"case", "title", "spec", "section", "levels", "differs"};
  for (const auto& column : matrix.columns) {
    const auto name = base::escape_for_display(column.name);
    fields.push_back(name + " verdict");
    fields.push_back(name + " did");
  }
  return fields;
}

const char* how_it_differs(const compare::Row& row) {
  if (!row.differs()) return "no";
  return row.verdicts_differ ? "verdict" : "outcome";
}

}  // namespace

std::string matrix_csv(const compare::Matrix& matrix) {
  auto text = line(heading(matrix));
  for (const auto& row : matrix.rows) {
    const auto& about = *row.about;
    std::vector<std::string> fields = {base::escape_for_display(about.id),
                                       base::escape_for_display(about.title),
                                       base::escape_for_display(about.spec),
                                       base::escape_for_display(about.section),
                                       levels_of(matrix, row),
                                       how_it_differs(row)};
    for (const auto& cell : row.cells) {
      fields.emplace_back(cell.result != nullptr ? base::to_string(cell.behaviour.verdict) : "");
      fields.push_back(cell_words(cell));
    }
    text += line(fields);
  }
  return text;
}

}  // namespace smtpspec::report
