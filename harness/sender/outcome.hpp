// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace smtpspec::sender {

/// What one attempt came to for one recipient.
struct Outcome {
  enum class Kind {
    undecided,
    delivered,  ///< the next hop has taken responsibility
    deferred,   ///< to be tried again
    failed,     ///< for good
  };

  Kind kind = Kind::undecided;
  std::string reply = {};      ///< what decided it, its lines joined by CRLF; of the peer, or our own words
  bool from_peer = false;      ///< the peer said it
  std::string peer_name = {};  ///< as the peer calls itself; empty when it didn't say
  bool dsn_passed_on = false;  ///< the peer offered DSN: success is its to report (RFC 3461 5.2.2)
};

}  // namespace smtpspec::sender
