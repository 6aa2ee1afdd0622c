// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "sender/behaviour.hpp"
#include "sender/message.hpp"
#include "sender/needs.hpp"
#include "smtp/capabilities.hpp"

namespace smtpspec::sender {

/// MAIL without its line end. Parameters go only to a server that offered their extension (RFC 5321 4.1.1.3),
/// and what the message came with is passed on as it is (RFC 3461 5.2.1).
std::string mail_line(const Message& message, const Needs& needs, const smtp::Capabilities& offered,
                      const CommandBehaviour& behaviour);

/// RCPT without its line end.
std::string rcpt_line(const Recipient& recipient, const smtp::Capabilities& offered,
                      const CommandBehaviour& behaviour);

/// Why the envelope can't be written as commands, in words: an address that breaks the grammar, a parameter
/// with a space or a line end in it. Nothing when it can.
std::optional<std::string> fault_of_envelope(const Message& message);

}  // namespace smtpspec::sender
