// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace smtpspec::wire {

/// What a finished TLS handshake came to.
struct TlsFacts {
  std::string version;      ///< "TLSv1.3"
  std::string cipher;       ///< "TLS_AES_256_GCM_SHA384"
  std::string server_name;  ///< SNI: what the client asked for; empty when it asked for none
  std::string alpn;         ///< the protocol agreed on; empty for none

  // The peer's certificate; all empty when it showed none.
  std::string peer_subject;             ///< one line, RFC 2253 form
  std::string peer_issuer;              ///< likewise
  std::string peer_fingerprint_sha256;  ///< lower-case hex
  std::string peer_pem;

  bool verified = false;     ///< the chain leads to a CA we trust and the name is the one we asked for
  std::string verify_error;  ///< why not; empty when verified or when there was nothing to verify
};

/// "TLSv1.3, TLS_AES_256_GCM_SHA384, certificate CN=mx.example.test (verified)".
std::string describe(const TlsFacts& facts);

}  // namespace smtpspec::wire
