// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "sender/behaviour.hpp"
#include "sender/message.hpp"
#include "sender/security.hpp"
#include "wire/endpoint.hpp"

namespace smtpspec::sender {

/// How long each reply is waited for: the least that RFC 5321 4.5.3.2 asks.
struct Timeouts {
  using Duration = std::chrono::nanoseconds;

  Duration connect = std::chrono::minutes(5);
  Duration greeting = std::chrono::minutes(5);      ///< 4.5.3.2.1
  Duration command = std::chrono::minutes(5);       ///< EHLO, STARTTLS and its handshake, AUTH, RSET
  Duration mail = std::chrono::minutes(5);          ///< 4.5.3.2.2
  Duration rcpt = std::chrono::minutes(5);          ///< 4.5.3.2.3
  Duration data = std::chrono::minutes(2);          ///< 4.5.3.2.4
  Duration block = std::chrono::minutes(3);         ///< 4.5.3.2.5
  Duration end_of_data = std::chrono::minutes(10);  ///< 4.5.3.2.6
  Duration quit = std::chrono::minutes(2);

  /// All of them times `factor`, for a harness that can't wait for minutes.
  Timeouts scaled_by(double factor) const;
};

/// What the owner of a sender decides.
struct Settings {
  std::optional<wire::Endpoint> next_hop = {};  ///< without one every submission is refused
  std::string ehlo_name = "sender.example.test";
  Tls tls = {};
  std::optional<Credentials> credentials = {};
  Behaviour behaviour = {};
  Timeouts timeouts = {};
  std::chrono::nanoseconds retry_interval = std::chrono::minutes(30);   ///< RFC 5321 4.5.4.1
  std::chrono::nanoseconds give_up_after = std::chrono::hours(5 * 24);  ///< RFC 5321 4.5.4.1
  bool prefers_chunks = true;            ///< BDAT wherever CHUNKING is offered; else for binary content alone
  std::size_t chunk_octets = 64 * 1024;  ///< most in one BDAT

  /// Gets the reports to the senders of mail that can't be sent. Without it they go to the next hop too.
  std::function<void(Message)> deliver_bounce = {};
};

}  // namespace smtpspec::sender
