// SPDX-License-Identifier: Apache-2.0
#include "report/matrix_console.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/display.hpp"
#include "compare/changes.hpp"
#include "report/matrix_cell.hpp"
#include "report/paint.hpp"
#include "report/shown.hpp"
#include "report/tally.hpp"

namespace smtpspec::report {
namespace {

using compare::Cell;
using compare::Change;
using compare::Column;
using compare::Matrix;
using compare::Row;

constexpr std::size_t widest_name = 60;
constexpr std::size_t widest_id = 200;
constexpr std::size_t widest_reason = 240;

std::string padded(const std::string& text, std::size_t width) {
  const auto taken = base::display_width(text);
  return text + std::string(width - std::min(width, taken), ' ');
}

class MatrixConsole {
 public:
  MatrixConsole(const Matrix& matrix, const MatrixConsoleOptions& options)
      : matrix_(matrix), options_(options), paint_(options.colour && !options.plain) {}

  std::string text() {
    add_targets();
    if (compare::is_old_and_new(matrix_))
      add_changes();
    else
      add_rows();
    return text_ + options_.notes + matrix_summary_line(matrix_) + "\n";
  }

 private:
  std::string name(std::size_t column) const { return shown(matrix_.columns[column].name, widest_name); }

  void add_targets() {
    std::size_t width = std::string_view("target").size();
    for (std::size_t i = 0; i < matrix_.columns.size(); ++i)
      width = std::max(width, base::display_width(name(i)));
    text_ += paint_(Colour::bold, padded("target", width));
    for (const auto verdict : verdict_order) text_ += paint_(Colour::bold, heading(verdict));
    text_ += "\n";
    for (std::size_t i = 0; i < matrix_.columns.size(); ++i) {
      text_ += padded(name(i), width) + target_line(matrix_.columns[i]) + "\n";
    }
    text_ += "\n";
  }

  static std::string heading(base::Verdict verdict) {
    return fmt::format("{:>6}", base::to_string(verdict).substr(0, 5));
  }

  std::string target_line(const Column& column) const {
    if (!column.problem.empty()) return "  " + paint_(Colour::red, shown(column.problem, widest_reason));
    std::string line;
    for (const auto verdict : verdict_order) {
      const auto number = fmt::format("{:>6}", column.count(verdict));
      line += column.count(verdict) > 0 ? paint_(colour_of(verdict), number) : paint_(Colour::dim, number);
    }
    auto more = software_of(column.run->target);
    if (!column.run->aborted.empty())
      more += (more.empty() ? "" : "; ") + ("stopped early: " + shown(column.run->aborted, widest_name));
    return more.empty() ? line : line + "  " + paint_(Colour::dim, more);
  }

  bool is_wanted(const Row& row) const {
    if (options_.only_column) return row.is_alone(*options_.only_column);
    switch (options_.rows) {
      case MatrixConsoleOptions::Rows::all:
        return true;
      case MatrixConsoleOptions::Rows::differences:
        return row.differs();
      case MatrixConsoleOptions::Rows::verdicts:
        return row.verdicts_differ;
    }
    return true;
  }

  // What is worth something else is read first where not all can be shown.
  void add_rows() {
    const auto wanted = static_cast<std::size_t>(std::count_if(
        matrix_.rows.begin(), matrix_.rows.end(), [this](const Row& row) { return is_wanted(row); }));
    std::size_t room = options_.most_rows;
    const bool verdicts_alone = wanted > room;
    for (const auto& section : matrix_.sections) {
      bool named = false;
      for (auto i = section.first_row; i < section.first_row + section.row_count && room > 0; ++i) {
        const auto& row = matrix_.rows[i];
        if (!is_wanted(row) || (verdicts_alone && !row.verdicts_differ)) continue;
        if (!named) text_ += paint_(Colour::bold, section_name(section)) + "\n";
        named = true;
        add_row(row);
        --room;
      }
      if (named) text_ += "\n";
    }
    const auto left_out = wanted - (options_.most_rows - room);
    if (left_out > 0)
      text_ += fmt::format("{} more rows are not shown; --all shows them, a report holds them\n\n", left_out);
  }

  static std::string section_name(const compare::Section& section) {
    if (section.invariants) return "Invariants";
    return fmt::format("{} section {}", shown(section.spec, widest_name),
                       shown(section.section, widest_name));
  }

  void add_row(const Row& row) {
    text_ += fmt::format("  {}\n", shown(row.about->id, widest_id));
    for (const auto& group : groups_of(row)) {
      std::string names;
      for (const auto column : group) names += (names.empty() ? "" : ", ") + name(column);
      if (!row.differs() && group.size() == matrix_.columns.size()) names = "all";
      const auto& cell = row.cells[group.front()];
      text_ += fmt::format("    {}: {}\n", painted(cell), names);
    }
  }

  std::string painted(const Cell& cell) const {
    return paint_(colour_of(cell.behaviour.verdict),
                  options_.plain ? plain_cell_text(cell) : cell_text(cell));
  }

  void add_changes() {
    const auto changes = compare::changes_between(matrix_, 0, 1);
    std::size_t room = options_.most_rows;
    for (const auto& change : changes) {
      if (room-- == 0) break;
      add_change(change);
    }
    if (changes.size() > options_.most_rows) {
      text_ += fmt::format("{} more are not shown; --all shows them, a report holds them\n",
                           changes.size() - options_.most_rows);
    }
    if (!changes.empty()) text_ += "\n";
  }

  void add_change(const Change& change) {
    const auto& row = matrix_.rows[change.row];
    text_ += fmt::format("{} {}\n", paint_(colour_of_change(change.kind), compare::to_string(change.kind)),
                         paint_(Colour::bold, shown(row.about->id, widest_id)));
    text_ += fmt::format("  {}\n", shown(row.about->title, widest_reason));
    add_side("was", row.cells[0], change.was);
    add_side("is", row.cells[1], change.is);
    add_requirements(row);
    const auto& position = row.about->position;
    if (position.line > 0)
      text_ += fmt::format("  scenario  {}:{}\n", shown(position.file, widest_reason), position.line);
  }

  void add_side(const char* label, const Cell& cell, const std::string& reason) {
    if (cell.result == nullptr) return;
    const auto verdict = paint_(colour_of(cell.behaviour.verdict), base::to_string(cell.behaviour.verdict));
    text_ += fmt::format("  {:<9} {}: {}\n", label, verdict, shown(reason, widest_reason));
  }

  void add_requirements(const Row& row) {
    std::string list;
    for (const auto& id : row.about->covers) {
      const auto known = matrix_.requirements.find(id);
      list += (list.empty() ? "" : ", ") + shown(id, widest_name);
      if (known != matrix_.requirements.end()) list += " " + shown(known->second->level, widest_name);
    }
    if (!list.empty()) text_ += fmt::format("  requires  {}\n", list);
  }

  static Colour colour_of_change(Change::Kind kind) {
    switch (kind) {
      case Change::Kind::broken:
        return Colour::red;
      case Change::Kind::fixed:
        return Colour::green;
      default:
        return Colour::yellow;
    }
  }

  const Matrix& matrix_;
  const MatrixConsoleOptions& options_;
  const Paint paint_;
  std::string text_;
};

}  // namespace

std::string matrix_console(const Matrix& matrix, const MatrixConsoleOptions& options) {
  return MatrixConsole(matrix, options).text();
}

}  // namespace smtpspec::report
