// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "compare/matrix.hpp"

namespace smtpspec::report {

/// What a reader without scripts gets beside the table, as HTML: the finding and the dialogue of every fail
/// and warn (with the id "c<row>-<column>"), and why anything was not judged. Of a dialogue, as many entries
/// are kept around the judgement as all of them together fit into at_most octets; a few always.
std::string matrix_findings(const compare::Matrix& matrix, std::size_t at_most);

}  // namespace smtpspec::report
