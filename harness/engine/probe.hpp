// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/run_context.hpp"

namespace smtpspec::engine {

/// Asks one way into the target what it offers: greeting, EHLO, and EHLO once more inside TLS. Never fails;
/// what could not be learnt stands in `failure`.
wire::Task<ProbedEndpoint> probe_endpoint(RunContext& context, ProbeKey key);

/// What became of a connection made to see whether the target is there.
enum class Presence {
  greets,  ///< or refuses us with a reply
  closes,  ///< accepts and closes without a word: it wants no more of us, or it is about to die
  gone,    ///< nobody accepts, or somebody says nothing
};

wire::Task<Presence> look_for_target(RunContext& context, std::string on, std::string client);

}  // namespace smtpspec::engine
