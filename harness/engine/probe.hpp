// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/run_context.hpp"

namespace smtpspec::engine {

/// Asks one way into the target what it offers: greeting, EHLO, and EHLO once more inside TLS. Never fails;
/// what could not be learnt stands in `failure`.
wire::Task<ProbedEndpoint> probe_endpoint(RunContext& context, ProbeKey key);

/// True when somebody accepts connections on any endpoint of the target and greets within a short time.
wire::Task<bool> still_greets(RunContext& context, std::string on, std::string client);

}  // namespace smtpspec::engine
