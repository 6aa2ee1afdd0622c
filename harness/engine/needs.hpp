// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "engine/run_context.hpp"
#include "scenario/model.hpp"

namespace smtpspec::engine {

/// Why a case can't be asked of this target, with the proof (the EHLO answer, or what the target file lacks).
/// Nothing when it can, or when nothing is known because the endpoint could not be probed.
std::optional<std::string> unmet_need(const scenario::Case& scenario_case, const RunContext& context);

}  // namespace smtpspec::engine
