// SPDX-License-Identifier: Apache-2.0
#include "report/matrix_markdown.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compare/changes.hpp"
#include "report/escape_markup.hpp"
#include "report/matrix_cell.hpp"
#include "report/paint.hpp"
#include "report/shown.hpp"
#include "report/tally.hpp"

namespace smtpspec::report {
namespace {

using compare::Matrix;

constexpr std::size_t most_octets = 512 * 1024;
constexpr std::size_t most_rows = 200;
constexpr std::size_t widest_word = 200;
constexpr std::size_t widest_sentence = 300;

std::string code(std::string_view octets, std::size_t widest) {
  return octets.empty() ? std::string() : inline_code(shown(octets, widest));
}

std::string counts_table(const Matrix& matrix) {
  std::string head = "| target | software |", line = "|---|---|";
  for (const auto verdict : verdict_order) {
    head += fmt::format(" {} {} |", glyph(verdict), base::to_string(verdict));
    line += "---:|";
  }
  auto text = head + "\n" + line + "\n";
  for (const auto& column : matrix.columns) {
    text += fmt::format("| {} | {} |", code(column.name, widest_word),
                        column.problem.empty() ? code(software_of(column.run->target), widest_word)
                                               : code(column.problem, widest_sentence));
    for (const auto verdict : verdict_order) text += fmt::format(" {} |", column.count(verdict));
    text += "\n";
  }
  return text + "\n";
}

/// Lines of a table, as many as there is room for.
class BoundedTable {
 public:
  explicit BoundedTable(std::string head) : text_(std::move(head)) {}

  void add(const std::string& line) {
    if (rows_ == most_rows || text_.size() + line.size() > most_octets) {
      ++left_out_;
      return;
    }
    ++rows_;
    text_ += line;
  }

  std::string text() const {
    if (left_out_ == 0) return text_ + "\n";
    return text_ + fmt::format("\n{} more rows are not shown here.\n\n", left_out_);
  }

 private:
  std::string text_;
  std::size_t rows_ = 0;
  std::size_t left_out_ = 0;
};

std::string row_line(const compare::Row& row) {
  auto line = fmt::format("| {} |", code(row.about->id, widest_word));
  for (const auto& cell : row.cells) {
    const auto words = cell_words(cell);
    if (cell.result == nullptr)
      line += " |";
    else
      line += fmt::format(" {}{} |", glyph(cell.behaviour.verdict),
                          words.empty() ? "" : " " + inline_code(words));
  }
  return line + "\n";
}

std::string differing_rows(const Matrix& matrix) {
  std::string head = "| case |", line = "|---|";
  for (const auto& column : matrix.columns) {
    head += fmt::format(" {} |", code(column.name, widest_word));
    line += "---|";
  }
  BoundedTable table(head + "\n" + line + "\n");
  for (const bool in_verdict : {true, false}) {
    for (const auto& row : matrix.rows) {
      if (row.differs() && row.verdicts_differ == in_verdict) table.add(row_line(row));
    }
  }
  return table.text();
}

std::string verdict_and_reason(const compare::Cell& cell, const std::string& reason) {
  if (cell.result == nullptr) return " ";
  return fmt::format(" {} {} {} ", glyph(cell.behaviour.verdict), base::to_string(cell.behaviour.verdict),
                     code(reason, widest_sentence));
}

std::string changes_table(const Matrix& matrix, const std::vector<compare::Change>& changes) {
  BoundedTable table("| | case | was | is |\n|---|---|---|---|\n");
  for (const auto& change : changes) {
    const auto& row = matrix.rows[change.row];
    table.add(fmt::format("| {} | {} |{}|{}|\n", compare::to_string(change.kind),
                          code(row.about->id, widest_word), verdict_and_reason(row.cells[0], change.was),
                          verdict_and_reason(row.cells[1], change.is)));
  }
  return table.text();
}

}  // namespace

std::string matrix_markdown(const Matrix& matrix) {
  auto text = "### smtpspec: comparison\n\n" + counts_table(matrix);
  if (compare::is_old_and_new(matrix)) {
    const auto changes = compare::changes_between(matrix, 0, 1);
    if (!changes.empty()) text += changes_table(matrix, changes);
  } else if (matrix.differing_rows() > 0) {
    text += differing_rows(matrix);
  }
  return text + fmt::format("{}\n", inline_code(matrix_summary_line(matrix)));
}

}  // namespace smtpspec::report
