// SPDX-License-Identifier: Apache-2.0
#include "refserver/server.hpp"

#include <cstdlib>
#include <list>
#include <utility>
#include <variant>

#include "refserver/session.hpp"
#include "refserver/trace.hpp"
#include "wire/connection.hpp"
#include "wire/listener.hpp"
#include "wire/throwaway_certificate.hpp"
#include "wire/tls_context.hpp"

namespace smtpspec::refserver {

namespace {

constexpr std::chrono::seconds write_time{60};
constexpr std::chrono::seconds handshake_time{60};
constexpr std::chrono::seconds linger_time{2};

std::string literal_of(const wire::Endpoint& peer) {
  const auto* tcp = std::get_if<wire::TcpEndpoint>(&peer);
  return tcp == nullptr ? std::string{} : address_literal(tcp->host);
}

/// One client, while it is connected.
struct Client {
  wire::Connection connection;
  Session session;
  bool waits = false;  ///< for the client's next octets: nothing is being written
};

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Server::Impl> {
 public:
  Impl(wire::EventLoop& loop, ServerOptions options)
      : loop_(loop),
        options_(std::move(options)),
        configuration_(std::make_shared<const Configuration>(options_.configuration)) {}

  std::optional<std::string> start();
  static wire::Task<void> stop(std::shared_ptr<Impl> server);
  void end_listening();
  void close();
  const wire::Endpoint* endpoint(Service service) const;

  DeliveryStore store;
  std::list<std::shared_ptr<Client>> clients;
  std::string certificate_pem;

 private:
  struct Listening {
    Service service;
    wire::Listener listener;
  };

  std::optional<std::string> prepare_tls();
  std::optional<std::string> listen(const ListenAt& at);
  static wire::Task<void> accept_all(std::shared_ptr<Impl> server, std::shared_ptr<Listening> listening);
  static wire::Task<void> serve(std::shared_ptr<Impl> server, std::shared_ptr<Client> client);
  static wire::Task<void> talk(std::shared_ptr<Impl> server, std::shared_ptr<Client> client);
  static wire::Task<bool> write(std::shared_ptr<Client> client, std::string octets);
  static wire::Task<std::optional<Turn>> handshake(std::shared_ptr<Impl> server,
                                                   std::shared_ptr<Client> client);
  static wire::Task<std::optional<Turn>> read(std::shared_ptr<Impl> server, std::shared_ptr<Client> client);
  static wire::Task<void> ignore(std::shared_ptr<Impl> server, std::shared_ptr<Client> client);

  wire::EventLoop& loop_;
  ServerOptions options_;
  std::shared_ptr<const Configuration> configuration_;
  std::optional<wire::TlsServerContext> tls_;
  std::vector<std::shared_ptr<Listening>> listening_;
};

std::optional<std::string> Server::Impl::start() {
  if (auto problem = prepare_tls()) return problem;
  for (ListenAt& at : options_.listen) {
    if (auto problem = listen(at)) {
      close();
      return problem;
    }
    at.endpoint = listening_.back()->listener.endpoint();
  }
  return std::nullopt;
}

std::optional<std::string> Server::Impl::prepare_tls() {
  if (tls_) return std::nullopt;
  wire::TlsServerSettings settings;
  settings.certificate_pem = options_.certificate_pem;
  settings.key_pem = options_.key_pem;
  if (settings.certificate_pem.empty()) {
    const wire::Certificate made = wire::make_throwaway_certificate();
    settings.certificate_pem = made.certificate_pem;
    settings.key_pem = made.key_pem;
  }
  auto context = wire::make_tls_server_context(settings);
  if (const auto* failed = std::get_if<wire::TlsSetupFailed>(&context)) return failed->reason;
  tls_ = std::get<wire::TlsServerContext>(std::move(context));
  certificate_pem = settings.certificate_pem;
  return std::nullopt;
}

std::optional<std::string> Server::Impl::listen(const ListenAt& at) {
  wire::ListenOptions options;
  options.settings.keep_transcript = false;
  auto outcome = wire::listen(loop_, at.endpoint, options);
  if (const auto* failed = std::get_if<wire::Failed>(&outcome)) {
    return wire::format(at.endpoint) + ": " + failed->reason;
  }
  auto listening =
      std::make_shared<Listening>(Listening{at.service, std::get<wire::Listener>(std::move(outcome))});
  listening_.push_back(listening);
  loop_.spawn(accept_all(shared_from_this(), std::move(listening)));
  return std::nullopt;
}

void Server::Impl::end_listening() {
  for (const auto& listening : listening_) listening->listener.close();
  listening_.clear();
}

void Server::Impl::close() {
  end_listening();
  for (const auto& client : clients) client->connection.close();
}

const wire::Endpoint* Server::Impl::endpoint(Service service) const {
  for (const auto& listening : listening_) {
    if (listening->service == service) return &listening->listener.endpoint();
  }
  return nullptr;
}

wire::Task<void> Server::Impl::stop(std::shared_ptr<Impl> server) {
  server->end_listening();
  const auto everyone = server->clients;
  for (const auto& client : everyone) {
    if (!client->connection.is_open()) continue;
    if (client->waits) {
      Turn turn = client->session.shutting_down();
      co_await write(client, std::move(turn.output));
    }
    client->connection.close();
  }
}

wire::Task<void> Server::Impl::accept_all(std::shared_ptr<Impl> server,
                                          std::shared_ptr<Listening> listening) {
  while (true) {
    auto outcome = co_await listening->listener.accept(wire::no_deadline);
    if (std::holds_alternative<wire::ListenerClosed>(outcome)) co_return;
    auto* connection = std::get_if<wire::Connection>(&outcome);
    if (connection == nullptr) continue;
    std::string literal = literal_of(connection->peer());
    auto client = std::make_shared<Client>(
        Client{std::move(*connection),
               Session(server->configuration_, listening->service, std::move(literal), server->store)});
    if (server->configuration_->behaviour.connection.one_at_a_time) {
      co_await serve(server, std::move(client));
    } else {
      server->loop_.spawn(serve(server, std::move(client)));
    }
  }
}

wire::Task<void> Server::Impl::serve(std::shared_ptr<Impl> server, std::shared_ptr<Client> client) {
  const auto place = server->clients.insert(server->clients.end(), client);
  co_await talk(server, client);
  server->clients.erase(place);
}

wire::Task<void> Server::Impl::talk(std::shared_ptr<Impl> server, std::shared_ptr<Client> client) {
  if (client->session.service() == Service::smtps) {
    const auto secured = co_await handshake(server, client);
    if (!secured) co_return;
  }
  std::optional<Turn> turn = client->session.greet();
  while (turn) {
    const bool written = co_await write(client, std::move(turn->output));
    if (!written) break;
    switch (turn->then) {
      case Turn::Then::read:
        turn = co_await read(server, client);
        break;
      case Turn::Then::start_tls:
        turn = co_await handshake(server, client);
        break;
      case Turn::Then::close: {
        const auto deadline = wire::deadline_after(linger_time);
        co_await client->connection.linger_and_close(deadline);
        co_return;
      }
      case Turn::Then::held:  // nobody else answers here
      case Turn::Then::hang:
        co_await ignore(server, client);
        co_return;
      case Turn::Then::die:
        std::abort();
    }
  }
  client->session.connection_lost();
}

wire::Task<bool> Server::Impl::write(std::shared_ptr<Client> client, std::string octets) {
  if (octets.empty()) co_return true;
  const auto deadline = wire::deadline_after(write_time);
  const auto outcome = co_await client->connection.write(octets, deadline);
  co_return std::holds_alternative<wire::Written>(outcome);
}

wire::Task<std::optional<Turn>> Server::Impl::handshake(std::shared_ptr<Impl> server,
                                                        std::shared_ptr<Client> client) {
  const auto deadline = wire::deadline_after(handshake_time);
  wire::TlsStart begin;
  if (client->session.service() == Service::smtps) begin.clear_bytes = wire::ClearBytes::to_handshake;
  auto outcome = co_await client->connection.start_tls_server(*server->tls_, std::move(begin), deadline);
  const auto* up = std::get_if<wire::TlsUp>(&outcome);
  if (up == nullptr) co_return std::nullopt;
  co_return client->session.tls_established(up->facts.cipher);
}

wire::Task<std::optional<Turn>> Server::Impl::read(std::shared_ptr<Impl> server,
                                                   std::shared_ptr<Client> client) {
  const auto deadline = wire::deadline_after(server->configuration_->policy.limits.idle);
  client->waits = true;
  auto outcome = co_await client->connection.read_some(deadline);
  client->waits = false;
  if (const auto* received = std::get_if<wire::Received>(&outcome)) {
    co_return client->session.feed(received->bytes);
  }
  if (std::holds_alternative<wire::TimedOut>(outcome)) co_return client->session.timed_out();
  co_return std::nullopt;
}

/// Answers nothing until the client gives up.
wire::Task<void> Server::Impl::ignore(std::shared_ptr<Impl> server, std::shared_ptr<Client> client) {
  const auto deadline = wire::deadline_after(server->configuration_->policy.limits.idle);
  while (true) {
    const auto outcome = co_await client->connection.read_some(deadline);
    if (!std::holds_alternative<wire::Received>(outcome)) co_return;
  }
}

Server::Server(wire::EventLoop& loop, ServerOptions options)
    : impl_(std::make_shared<Impl>(loop, std::move(options))) {}

Server::~Server() {
  impl_->close();
}

std::optional<std::string> Server::start() {
  return impl_->start();
}

const wire::Endpoint* Server::endpoint(Service service) const {
  return impl_->endpoint(service);
}

std::uint16_t Server::port(Service service) const {
  const wire::Endpoint* at = endpoint(service);
  const auto* tcp = at == nullptr ? nullptr : std::get_if<wire::TcpEndpoint>(at);
  return tcp == nullptr ? std::uint16_t{0} : tcp->port;
}

const std::string& Server::certificate_pem() const {
  return impl_->certificate_pem;
}

DeliveryStore& Server::store() {
  return impl_->store;
}

std::size_t Server::sessions() const {
  return impl_->clients.size();
}

wire::Task<void> Server::stop() {
  return Impl::stop(impl_);
}

void Server::break_off() {
  impl_->close();
}

}  // namespace smtpspec::refserver
