// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "compare/matrix.hpp"

/// What a person reads of a comparison in a terminal.
namespace smtpspec::report {

struct MatrixConsoleOptions {
  /// Which rows are shown.
  enum class Rows { all, differences, verdicts };

  bool colour = false;  ///< see wants_colour()
  bool plain = false;   ///< ASCII only, words instead of glyphs, no colour
  Rows rows = Rows::differences;
  std::optional<std::size_t> only_column;  ///< rows in which this one does what no other does
  std::size_t most_rows = 60;              ///< how many more there are is said
  std::string notes;                       ///< lines that stand before the last one, escaped already
};

/// A table of the verdicts of each target, then the rows asked for by section, each with who did what; of an
/// old and a new run of one target instead what changed, with the reasons. The last line is
/// matrix_summary_line().
std::string matrix_console(const compare::Matrix& matrix, const MatrixConsoleOptions& options);

}  // namespace smtpspec::report
