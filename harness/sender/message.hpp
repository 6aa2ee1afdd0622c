// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sender/security.hpp"

namespace smtpspec::sender {

/// One forward path with its parameters, each as it stands on the wire (xtext stays xtext).
struct Recipient {
  std::string address;      ///< as written, without brackets
  std::string notify = {};  ///< value of NOTIFY (RFC 3461 4.1); empty: not given
  std::string orcpt = {};   ///< value of ORCPT (RFC 3461 4.2); empty: not given
};

/// What BODY of MAIL said (RFC 6152, RFC 3030).
enum class Body { unstated, seven_bit, eight_bit_mime, binary_mime };

/// A message and its envelope, to be handed to the next hop.
struct Message {
  std::string reverse_path = {};  ///< as written, without brackets; empty: the null reverse-path
  std::vector<Recipient> recipients = {};
  std::string content = {};  ///< header and body, neither stuffed nor ended
  Body body = Body::unstated;
  bool smtp_utf8 = false;    ///< RFC 6531 3.4
  bool require_tls = false;  ///< RFC 8689
  std::string ret = {};      ///< "FULL", "HDRS" or not given (RFC 3461 4.3)
  std::string envid = {};    ///< xtext; empty: not given (RFC 3461 4.4)

  // What its user wants of the way to the next hop, in place of the settings: a client's user says so with
  // each message (RFC 8314 5.2).
  std::optional<Tls> tls = {};
  std::optional<Credentials> credentials = {};
};

}  // namespace smtpspec::sender
