// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/dialogue.hpp"
#include "engine/run_context.hpp"

namespace smtpspec::engine {

/// Hands the message over in an SMTP session of its own, as the target file says that mail to be relayed is
/// handed over. The dialogue is filled for the report, whatever the outcome.
wire::Task<Submitted> submit_by_smtp(RunContext& context, Scope& scope, Submission submission,
                                     Dialogue& dialogue);

/// Where the target relays only for whoever has authenticated (RFC 6409 section 3.3) a client that may relay
/// does so on its way, at the endpoint where that is taken.
void go_where_it_relays(const target::Relay& relay, scenario::Prelude& prelude, std::string& on);

}  // namespace smtpspec::engine
