// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target/host.hpp"

namespace smtpspec::target {

/// In that time a command has taken the message that it was handed.
constexpr std::chrono::milliseconds submit_patience{20'000};

// One for each Target::Kind; make_host() chooses.

HostOrFailure make_started_host(const Target& target, const StartOptions& options);
std::unique_ptr<Host> make_running_host(const Target& target);
HostOrFailure make_embedded_host(wire::EventLoop& loop, const Target& target,
                                 const EmbeddedConfiguration& configuration);
HostOrFailure make_client_host(const Target& target, const StartOptions& options);

}  // namespace smtpspec::target
