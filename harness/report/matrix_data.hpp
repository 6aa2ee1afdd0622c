// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compare/matrix.hpp"

namespace smtpspec::report {

/// What the page of a comparison unpacks when a cell is opened: all there is to say about every cell, each
/// text that is said twice held once. Everything in it is escaped for display.
struct MatrixData {
  /// JSON, packed: {"phrases": [...], "requirements": {id: [level, rfc, section, gist]}}.
  std::string common;
  /// JSON, packed: arrays of rows. A string that is in `phrases` stands there as its number, and the token of
  /// a cell as the octet 0x7F, which cannot stand in escaped text.
  std::vector<std::string> chunks;
  std::vector<std::size_t> first_rows;  ///< of each chunk
};

MatrixData matrix_data(const compare::Matrix& matrix);

}  // namespace smtpspec::report
