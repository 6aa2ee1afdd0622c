// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "refserver/configuration.hpp"
#include "refserver/delivery_store.hpp"
#include "refserver/service.hpp"
#include "wire/endpoint.hpp"
#include "wire/event_loop.hpp"

namespace smtpspec::refserver {

/// Where one service listens. Port 0: any free one.
struct ListenAt {
  Service service = Service::smtp;
  wire::Endpoint endpoint = wire::TcpEndpoint{"127.0.0.1", 0};
};

struct ServerOptions {
  Configuration configuration;
  std::vector<ListenAt> listen = {{}};
  /// PEM; a throw-away certificate for mx.example.test, localhost and the loopback addresses when empty.
  std::string certificate_pem = {};
  std::string key_pem = {};
};

/// The embedded ESMTP and LMTP server: correct unless its configuration has a defect. Runs on the loop of its
/// owner, which must outlive it; prints nothing.
class Server {
 public:
  Server(wire::EventLoop& loop, ServerOptions options);
  ~Server();  ///< closes everything at once
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens everywhere and serves from now on. What is wrong, in words, when it can't.
  std::optional<std::string> start();

  /// Where a service really listens; null when it doesn't.
  const wire::Endpoint* endpoint(Service service) const;

  /// The port of a service on TCP; 0 when there is none.
  std::uint16_t port(Service service = Service::smtp) const;

  /// The certificate that clients may trust; empty when the server speaks no TLS.
  const std::string& certificate_pem() const;

  DeliveryStore& store();

  /// How many sessions are open.
  std::size_t sessions() const;

  /// Ends listening, says 421 to every client that waits for nothing, and closes. start() begins again where
  /// it listened before.
  wire::Task<void> stop();

  /// Closes everything at once, without a word; start() begins again where it listened before.
  void break_off();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace smtpspec::refserver
