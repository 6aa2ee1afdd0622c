// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace smtpspec::sender {

/// When a connection is to be encrypted.
enum class TlsPolicy {
  never,
  opportunistic,  ///< where STARTTLS is offered and works; whatever certificate is shown
  required,       ///< no mail in the clear; whatever certificate is shown
  verified,       ///< no mail unless the certificate is trusted and names the server
};

struct Tls {
  TlsPolicy policy = TlsPolicy::opportunistic;
  std::string ca_pem = {};       ///< trusted instead of the system's
  std::string server_name = {};  ///< asked for by SNI and held against the certificate
  bool at_once = false;          ///< with the connection (RFC 8314 3.3), and not by STARTTLS
};

/// For AUTH PLAIN. Never given away without a trusted certificate (RFC 4954 section 14), unless `in_clear`.
struct Credentials {
  std::string user;
  std::string password;
  bool in_clear = false;
};

}  // namespace smtpspec::sender
