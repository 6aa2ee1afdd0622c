// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "target/target.hpp"

namespace smtpspec::target {

/// The ports that start() hands out, by the name of their placeholder: port (of smtp), submission_port,
/// smtps_port, lmtp_port, relay_port.
const std::vector<std::string>& port_names();

/// Every placeholder that can be used in a target and its templates: the target's own [variables], what
/// follows from the target (version, domain, host_name, relay_domain, user, password), our own program
/// (smtpspec), and, with empty values, what only start() knows (dir, root, the ports). {token} is not among
/// them.
Variables known_variables(const Target& target);

/// The placeholders of [send], which only a message fills: host, sender, recipients, message_file, ca; and
/// auth and security, which stand for several words.
const std::vector<std::string>& send_names();

}  // namespace smtpspec::target
