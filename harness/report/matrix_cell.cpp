// SPDX-License-Identifier: Apache-2.0
#include "report/matrix_cell.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "compare/changes.hpp"
#include "report/paint.hpp"
#include "report/shown.hpp"

namespace smtpspec::report {
namespace {

using compare::Cell;
using compare::Change;
using compare::Matrix;
using compare::Row;

constexpr std::size_t widest_words = 120;
constexpr std::size_t widest_name = 100;

std::string joined(std::string_view first, const std::string& second) {
  return second.empty() ? std::string(first) : fmt::format("{} {}", first, second);
}

std::string changes_line(const Matrix& matrix) {
  std::array<std::size_t, compare::change_kinds> counts{};
  const auto changes = compare::changes_between(matrix, 0, 1);
  for (const auto& change : changes) ++counts[static_cast<std::size_t>(change.kind)];
  auto line = fmt::format("smtpspec: compared {}:", old_and_new_words(matrix));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    line += fmt::format("{} {} {}", i == 0 ? "" : ",", counts[i], to_string(static_cast<Change::Kind>(i)));
  }
  return line + (changes.empty() ? ": the same" : ": different");
}

}  // namespace

std::string cell_words(const Cell& cell) {
  return cell.result == nullptr ? std::string() : shown(cell.behaviour.text(), widest_words);
}

std::string cell_text(const Cell& cell) {
  if (cell.result == nullptr) return "not run";
  return joined(glyph(cell.behaviour.verdict), cell_words(cell));
}

std::string plain_cell_text(const Cell& cell) {
  if (cell.result == nullptr) return "not run";
  return joined(base::to_string(cell.behaviour.verdict), cell_words(cell));
}

std::vector<std::vector<std::size_t>> groups_of(const Row& row) {
  std::vector<std::vector<std::size_t>> groups(row.groups);
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (row.cells[i].compared) groups[row.cells[i].group].push_back(i);
  }
  return groups;
}

std::string software_of(const result::TargetFacts& target) {
  return joined(shown(target.software, widest_name), shown(target.version, widest_name));
}

std::string levels_of(const Matrix& matrix, const Row& row) {
  std::string text;
  for (const std::string_view level : {"MUST", "MUST NOT", "spec", "SHOULD", "SHOULD NOT", "MAY"}) {
    const bool has_it =
        std::any_of(row.about->covers.begin(), row.about->covers.end(), [&](const std::string& id) {
          const auto known = matrix.requirements.find(id);
          return known != matrix.requirements.end() && known->second->level == level;
        });
    if (has_it) text += (text.empty() ? "" : ", ") + std::string(level);
  }
  return text;
}

std::string old_and_new_words(const Matrix& matrix) {
  const auto was = shown(matrix.columns.front().run->target.name, widest_name);
  const auto is = shown(matrix.columns.back().run->target.name, widest_name);
  return was == is ? fmt::format("{} old and new", was) : fmt::format("{} (old) and {} (new)", was, is);
}

std::string matrix_summary_line(const Matrix& matrix) {
  if (compare::is_old_and_new(matrix)) return changes_line(matrix);
  const auto in_verdict = std::count_if(matrix.rows.begin(), matrix.rows.end(),
                                        [](const Row& row) { return row.verdicts_differ; });
  const auto missing = std::count_if(matrix.columns.begin(), matrix.columns.end(),
                                     [](const auto& column) { return !column.problem.empty(); });
  const auto differing = matrix.differing_rows();
  return fmt::format(
      "smtpspec: compared {} targets: {} cases, {} differ, {} in verdict, {} targets missing: {}",
      matrix.columns.size(), matrix.rows.size(), differing, in_verdict, missing,
      differing == 0 ? "the same" : "different");
}

}  // namespace smtpspec::report
