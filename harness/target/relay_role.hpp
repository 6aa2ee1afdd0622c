// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "target/target.hpp"

namespace smtpspec::target {

/// Why a target can't be one that relays between others, for a person; empty when it can. Its file has to say
/// that it relays, and we have to start it, since it gets another domain.
std::string cannot_relay(const Target& target);

/// The target as it is started to relay: for a domain of its own, and to the domain of others. Addresses of
/// its old domain become such of the new.
Target as_relay(Target target, const std::string& domain, const std::string& to_domain);

}  // namespace smtpspec::target
