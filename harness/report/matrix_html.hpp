// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "compare/matrix.hpp"

namespace smtpspec::report {

/// One page about several runs side by side, in one file: no network access, and a policy that allows its own
/// script and style alone. Without scripts: the table, and the dialogues of every fail and warn. With them:
/// filters and cells that have an address, and a panel with two dialogues aligned step by step.
std::string matrix_html(const compare::Matrix& matrix);

}  // namespace smtpspec::report
