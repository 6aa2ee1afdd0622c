// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "engine/run_context.hpp"
#include "target/host.hpp"

namespace smtpspec::engine {

/// How long to wait for a target: its own measured times stretch the harness's patience, never shorten it.
Timeouts timeouts_for(const target::Limits& limits, Timeouts timeouts, double multiplier);

/// What our side of TLS goes by; nothing when the files that it names can't be read.
std::optional<wire::TlsClientContext> tls_context(const target::Tls& tls);

/// The first line that the version command prints, beside the loop; empty when there is none.
wire::Task<std::string> version_beside(wire::EventLoop& loop, const target::Target& target);

/// True when it can be seen what a target has queued.
bool can_list_queue(target::Host& host);

/// The target's queue as text, beside the loop; QueueWatch::failed_listing when that failed, since an empty
/// text would prove an empty queue.
wire::Task<std::string> list_queue_of(wire::EventLoop& loop, target::Host& host);

}  // namespace smtpspec::engine
