// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "refserver/policy.hpp"

namespace smtpspec::refserver {

/// The mechanisms offered, as EHLO lists them.
inline constexpr std::string_view sasl_mechanisms = "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256";

/// True for one of them, in any case of letters.
bool is_sasl_mechanism(std::string_view name);

/// True where the server speaks first: an initial response is an error there (RFC 4954 section 4).
bool is_server_first(std::string_view mechanism);

/// The server's side of one SASL exchange, by GNU SASL. Knows no base64 and no SMTP.
class SaslExchange {
 public:
  struct Challenge {
    std::string octets;
  };
  struct Success {
    std::string identity;
    std::string last_octets;  ///< to be sent before success is told; may be empty
  };
  struct Failure {};
  using Outcome = std::variant<Challenge, Success, Failure>;

  /// `policy` must outlive the exchange. The mechanism is one of ours.
  SaslExchange(std::string_view mechanism, const Policy& policy);
  ~SaslExchange();
  SaslExchange(const SaslExchange&) = delete;
  SaslExchange& operator=(const SaslExchange&) = delete;

  /// Takes what the client said and answers. The first call of a server-first mechanism gets no octets.
  Outcome step(std::string_view octets);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace smtpspec::refserver
