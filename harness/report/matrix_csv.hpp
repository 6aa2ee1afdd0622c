// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "compare/matrix.hpp"

namespace smtpspec::report {

/// A comparison as CSV (RFC 4180, with a header line): a line a case, two columns a target, its verdict and
/// what it did. No field can be taken for a formula by a spreadsheet.
std::string matrix_csv(const compare::Matrix& matrix);

}  // namespace smtpspec::report
