// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sender/behaviour.hpp"
#include "sender/message.hpp"
#include "smtp/capabilities.hpp"

namespace smtpspec::sender {

/// What handing over a message asks of a server beyond RFC 821.
struct Needs {
  std::size_t octets = 0;   ///< as SIZE counts them (RFC 1870 section 3)
  bool eight_bit = false;   ///< octets above 127 (RFC 6152 section 3)
  bool utf8 = false;        ///< an address or header field that is not ASCII (RFC 6531 3.4)
  bool binary = false;      ///< BODY=BINARYMIME (RFC 3030 section 3)
  bool protection = false;  ///< RFC 8689
};

Needs needs_of(const Message& message);

/// How the connection is protected by now.
struct Protection {
  bool encrypted = false;
  bool verified = false;
};

/// Why this server can't be given the message: a 5yz reply of our own, since no attempt later will do better
/// (RFC 6152 section 3, RFC 6531 3.5, RFC 3030 section 3, RFC 1870 section 7, RFC 8689 4.2.1). Nothing when
/// it can.
std::optional<std::string> why_unsuited(const Needs& needs, const smtp::Capabilities& offered,
                                        const Protection& protection, const NeedBehaviour& behaviour);

}  // namespace smtpspec::sender
