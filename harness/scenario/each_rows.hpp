// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "scenario/table_reader.hpp"

namespace smtpspec::scenario {

/// One row of `each` as written: what it says itself and its columns.
struct EachRow {
  const toml::table* table;
  Row row;
};

/// Reads the rows of a scenario's `each`. Reports rows without a name, names used twice, columns that a
/// variable hides, and columns that only some rows have.
std::vector<EachRow> read_rows(Reading& reading, const toml::array& rows);

/// Remarks on columns that no string used.
void remark_unused_columns(Reading& reading, const std::vector<EachRow>& rows,
                           const std::set<std::string>& used);

const TableShape& row_shape();

}  // namespace smtpspec::scenario
