// SPDX-License-Identifier: Apache-2.0
#include "scenario/each_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/variables.hpp"

namespace smtpspec::scenario {
namespace {

constexpr std::size_t most_rows = 1000;

bool is_row_key(std::string_view name) {
  // The name is a column too: a title may say it.
  return name != "name" && row_shape().find(name) != nullptr;
}

void check_column_name(Reading& reading, const toml::key& key) {
  if (!is_variable_name(key.str())) {
    reading.problem(reading.document().position_of(key),
                    fmt::format("'{}' is no name for a column", key.str()),
                    "letters, digits and _, so that {column} can stand in a string");
  } else if (is_known_variable(key.str())) {
    reading.problem(reading.document().position_of(key),
                    fmt::format("the column '{}' would hide a variable", key.str()), "give it another name");
  }
}

EachRow read_row(Reading& reading, const toml::table& table) {
  const TableReader reader(reading, table, row_shape());
  EachRow row{&table, {}};
  row.row.name = reader.text("name");
  if (reader.get("name") && !is_id(row.row.name)) {
    reader.problem("name", fmt::format("'{}' is no name for a row", row.row.name),
                   "small letters and digits, joined by '-'");
  }
  for (const auto& [key, value] : table) {
    if (is_row_key(key.str())) continue;
    if (key.str() != "name") check_column_name(reading, key);
    row.row.columns.emplace(std::string(key.str()), &value);
  }
  return row;
}

void check_same_columns(Reading& reading, const std::vector<EachRow>& rows) {
  std::set<std::string> all;
  for (const auto& row : rows) {
    for (const auto& [name, value] : row.row.columns) all.insert(name);
  }
  for (const auto& row : rows) {
    for (const auto& name : all) {
      if (name == "name" || row.row.columns.contains(name)) continue;
      reading.problem(
          *row.table,
          fmt::format("the row '{}' has no column '{}', which other rows have", row.row.name, name),
          "every row has the same columns");
    }
  }
}

void check_names_differ(Reading& reading, const std::vector<EachRow>& rows) {
  std::set<std::string> seen;
  for (const auto& row : rows) {
    if (row.row.name.empty() || seen.insert(row.row.name).second) continue;
    reading.problem(*row.table, fmt::format("another row is called '{}' too", row.row.name),
                    "the name makes the id of the case");
  }
}

}  // namespace

const TableShape& row_shape() {
  static const TableShape shape = [] {
    TableShape made("a row", {&row_keys()});
    made.open = true;
    return made;
  }();
  return shape;
}

std::vector<EachRow> read_rows(Reading& reading, const toml::array& rows) {
  std::vector<EachRow> read;
  if (rows.empty()) reading.problem(rows, "'each' has no rows", "leave it out, or write a row");
  if (rows.size() > most_rows) {
    reading.problem(rows, fmt::format("'each' has more than {} rows", most_rows),
                    "make several scenarios of it");
    return read;
  }
  for (const auto& row : rows) read.push_back(read_row(reading, *row.as_table()));
  check_names_differ(reading, read);
  check_same_columns(reading, read);
  return read;
}

void remark_unused_columns(Reading& reading, const std::vector<EachRow>& rows,
                           const std::set<std::string>& used) {
  if (rows.empty()) return;
  for (const auto& [name, value] : rows.front().row.columns) {
    if (name == "name" || used.contains(name)) continue;
    reading.remark(reading.position_of(*value), fmt::format("no string uses the column '{}'", name),
                   fmt::format("write {{{}}} where it is meant, or leave it out", name));
  }
}

}  // namespace smtpspec::scenario
