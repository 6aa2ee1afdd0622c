// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "compare/matrix.hpp"

namespace smtpspec::report {

/// The table of a comparison as HTML: one body for each section, one row for each case, one column for each
/// target. A cell that has more to tell links to "#c<row>-<column>"; a row has `data-id`, the case, and
/// `data-groups`, one sign for each column: which of them did the same, "-" where nothing was compared.
std::string matrix_table(const compare::Matrix& matrix);

/// The class that stands for a verdict in the table: its first letter.
char verdict_class(base::Verdict verdict);

/// Whether the page has more about a cell than its own text: a fail, a warn, or why nothing was judged.
bool has_more_to_tell(const compare::Cell& cell);

}  // namespace smtpspec::report
