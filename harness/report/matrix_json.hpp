// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "compare/matrix.hpp"

namespace smtpspec::report {

/// Grows when a reader of the old form would misread the new one. Keys may be added without that.
inline constexpr int matrix_json_format = 1;

/// A comparison as JSON (reports/schemas/matrix.schema.json), without the dialogues, which stand in each
/// run's results.json. Every string value is in the escape syntax of base::escape_for_display().
std::string matrix_json(const compare::Matrix& matrix);

}  // namespace smtpspec::report
