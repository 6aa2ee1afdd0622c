// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace smtpspec::wire {

/// A self-signed certificate and its key, in PEM. Good as a server's certificate and as the CA file that
/// trusts it.
struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

/// What the certificate is to say. The first name is also its common name.
struct CertificateWish {
  std::vector<std::string> names = {"mx.example.test", "localhost", "127.0.0.1", "::1"};
  std::chrono::seconds valid_from{-24L * 3600};             ///< against now
  std::chrono::seconds valid_until{10L * 365 * 24 * 3600};  ///< against now; in the past for an expired one
};

/// Makes one in memory, with a fresh P-256 key (about a millisecond).
Certificate make_throwaway_certificate(const CertificateWish& wish = {});

}  // namespace smtpspec::wire
