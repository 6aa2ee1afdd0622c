// SPDX-License-Identifier: Apache-2.0
#include "report/matrix_json.hpp"

#include <chrono>

#include <nlohmann/json.hpp>

#include "base/display.hpp"
#include "compare/changes.hpp"
#include "report/tally.hpp"

namespace smtpspec::report {
namespace {

using Json = nlohmann::ordered_json;
using base::escape_for_display;
using compare::Matrix;

Json json_of(const compare::Column& column) {
  const auto& run = *column.run;
  Json counts = Json::object();
  for (const auto verdict : verdict_order)
    counts[std::string(base::to_string(verdict))] = column.count(verdict);
  return {{"name", escape_for_display(column.name)},
          {"target", escape_for_display(run.target.name)},
          {"software", escape_for_display(run.target.software)},
          {"version", escape_for_display(run.target.version)},
          {"address", escape_for_display(run.target.address)},
          {"started", escape_for_display(run.started)},
          {"tool_version", escape_for_display(run.tool_version)},
          {"suite_version", escape_for_display(run.suite_version)},
          {"aborted", escape_for_display(run.aborted)},
          {"problem", escape_for_display(column.problem)},
          {"counts", std::move(counts)}};
}

Json json_of(const compare::Cell& cell) {
  if (cell.result == nullptr) return nullptr;
  const auto& behaviour = cell.behaviour;
  Json json = {{"verdict", base::to_string(behaviour.verdict)},
               {"outcome", escape_for_display(behaviour.label)},
               {"answer", escape_for_display(behaviour.answer)},
               {"text", escape_for_display(behaviour.text())},
               {"reason", escape_for_display(compare::reason_of(*cell.result))},
               {"compared", cell.compared}};
  if (cell.compared) json["group"] = cell.group;
  return json;
}

Json requirements_of(const Matrix& matrix, const compare::Row& row) {
  Json list = Json::array();
  for (const auto& id : row.about->covers) {
    const auto known = matrix.requirements.find(id);
    list.push_back(
        {{"id", escape_for_display(id)},
         {"level", known == matrix.requirements.end() ? "" : escape_for_display(known->second->level)}});
  }
  return list;
}

Json json_of(const Matrix& matrix, const compare::Row& row) {
  const auto name = [&](std::size_t column) { return escape_for_display(matrix.columns[column].name); };
  Json alone = Json::array();
  for (const auto column : row.alone) alone.push_back(name(column));
  Json cells = Json::array();
  for (const auto& cell : row.cells) cells.push_back(json_of(cell));
  const auto& about = *row.about;
  return {{"case", escape_for_display(about.id)},
          {"title", escape_for_display(about.title)},
          {"spec", escape_for_display(about.spec)},
          {"section", escape_for_display(about.section)},
          {"requirements", requirements_of(matrix, row)},
          {"differs", row.differs()},
          {"verdicts_differ", row.verdicts_differ},
          {"alone", std::move(alone)},
          {"odd_one_out", row.odd_one_out ? Json(name(*row.odd_one_out)) : Json(nullptr)},
          {"cells", std::move(cells)}};
}

Json json_of(const Matrix& matrix, const compare::Change& change) {
  return {{"kind", compare::to_string(change.kind)},
          {"case", escape_for_display(matrix.rows[change.row].about->id)},
          {"was", escape_for_display(change.was)},
          {"is", escape_for_display(change.is)}};
}

}  // namespace

std::string matrix_json(const Matrix& matrix) {
  Json columns = Json::array();
  for (const auto& column : matrix.columns) columns.push_back(json_of(column));
  Json rows = Json::array();
  for (const auto& row : matrix.rows) rows.push_back(json_of(matrix, row));
  Json json = {{"matrix_format", matrix_json_format},
               {"cases", matrix.rows.size()},
               {"differing", matrix.differing_rows()},
               {"columns", std::move(columns)},
               {"rows", std::move(rows)}};
  if (compare::is_old_and_new(matrix)) {
    json["changes"] = Json::array();
    for (const auto& change : compare::changes_between(matrix, 0, 1))
      json["changes"].push_back(json_of(matrix, change));
  }
  return json.dump(1) + "\n";
}

}  // namespace smtpspec::report
