// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/session.hpp"
#include "smtp/capabilities.hpp"

namespace smtpspec::engine {

/// One AUTH command and all its challenges (RFC 4954 section 4), the mechanism spoken by GNU SASL.
class SaslExchange {
 public:
  SaslExchange(std::string mechanism, std::string user, std::string password)
      : mechanism_(std::move(mechanism)), user_(std::move(user)), password_(std::move(password)) {}

  /// Flips the lowest bit of one octet of the response in which the password takes part; negative counts from
  /// its end.
  void corrupt(std::int64_t octet) { corrupt_ = octet; }
  void without_initial_response() { initial_response_ = false; }

  /// Speaks until the server's last word, which stays unread. Gives "" or what is wrong on our side (an
  /// unknown mechanism).
  wire::Task<std::string> perform(Session& session, wire::Deadline deadline);

  /// The strongest mechanism that the server offers and we speak; PLAIN when there is none.
  static std::string best_of(const smtp::Capabilities& capabilities);

 private:
  std::string mechanism_;
  std::string user_;
  std::string password_;
  std::optional<std::int64_t> corrupt_;
  bool initial_response_ = true;
};

}  // namespace smtpspec::engine
