// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "compare/matrix.hpp"

namespace smtpspec::report {

/// A comparison for a CI's step summary: the counts of each target, then a table of the rows that differ, or
/// of what changed between two runs of one target, those whose verdict differs first. At most 512 KiB, since
/// GitHub refuses more than 1 MiB; how many more there were is said.
std::string matrix_markdown(const compare::Matrix& matrix);

}  // namespace smtpspec::report
