// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "engine/run_context.hpp"
#include "result/model.hpp"
#include "scenario/model.hpp"

namespace smtpspec::engine {

/// Why a case can't be asked of a target.
struct Unmet {
  std::string why;     ///< with the proof: the EHLO answer, or what the target file lacks
  result::Lack lacks;  ///< the same for programs; empty where the target could never have it
};

/// Nothing when it can be asked, or when nothing is known because the endpoint could not be probed.
std::optional<Unmet> unmet_need(const scenario::Case& scenario_case, const RunContext& context);

/// All that the target offers, by the probes and its file. Where it answers two clients differently: what
/// both are offered.
result::Offers offers_of(const RunContext& context);

}  // namespace smtpspec::engine
