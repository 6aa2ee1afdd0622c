// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "result/model.hpp"
#include "scenario/model.hpp"

namespace smtpspec::engine {

/// A result that says what a case is and nothing yet of what came out.
result::CaseResult describe_case(const scenario::Case& scenario_case);

/// The result of a case that was not played, or could not be judged.
result::CaseResult unplayed(const scenario::Case& scenario_case, base::Verdict verdict, std::string reason);

}  // namespace smtpspec::engine
