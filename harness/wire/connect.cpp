// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>

#include <boost/asio/ip/tcp.hpp>

#include "wire/connection_maker.hpp"
#include "wire/socket_address.hpp"

namespace smtpspec::wire {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds full_backlog_pause{5};
constexpr std::uint16_t first_port_a_kernel_may_choose = 10000;  // FreeBSD; 32768 on Linux

/// One try to connect; outlives whoever stopped waiting for it.
struct Attempt {
  explicit Attempt(EventLoop& loop) : socket(loop.executor()), done(loop) {}

  Socket socket;
  WaitSlot done;
  error_code error;
};

Failed failed(const error_code& error, const std::string& what) {
  return {error, what + ": " + error.message()};
}

error_code bind_to(Socket& socket, const Address& source) {
  error_code error;
#ifdef IP_BIND_ADDRESS_NO_PORT
  // Without it every session from a source address takes a port of its own, and they run out.
  const int on = 1;
  setsockopt(socket.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
#endif
  socket.bind(source, error);
  return error;
}

/// A connect() to a free port of this machine may meet itself (simultaneous open); nobody listens there.
bool connected_to_itself(const Socket& socket, const Address& address) {
  if (family_of(address) == AF_UNIX) return false;
  const Endpoint there = endpoint_of(address);
  if (std::get<TcpEndpoint>(there).port < first_port_a_kernel_may_choose) return false;
  error_code ignored;
  return socket.local_endpoint(ignored) == address;
}

ConnectOutcome outcome_of(const error_code& error) {
  if (error == asio::error::connection_refused) return Refused{};
  if (error == asio::error::timed_out) return TimedOut{};
  const bool no_way = error == asio::error::network_unreachable || error == asio::error::host_unreachable ||
                      error == asio::error::network_down ||
                      error == boost::system::errc::no_such_file_or_directory;
  if (no_way) return Unreachable{error.message()};
  return failed(error, "can't connect");
}

error_code prepare(Socket& socket, const Address& address) {
  error_code error;
  socket.open(address.protocol(), error);
  if (!error && family_of(address) != AF_UNIX) socket.set_option(asio::ip::tcp::no_delay(true), error);
  return error;
}

Task<ConnectOutcome> connect_to(EventLoop& loop, Endpoint endpoint, Address address,
                                std::optional<Address> source, ConnectionSettings settings,
                                Deadline deadline) {
  auto attempt = std::make_shared<Attempt>(loop);
  if (const error_code error = prepare(attempt->socket, address))
    co_return failed(error, "can't open a socket");
  if (source) {
    if (const error_code error = bind_to(attempt->socket, *source)) {
      co_return failed(error, "can't come from " + format(endpoint_of(*source)));
    }
  }
  for (;;) {
    attempt->socket.async_connect(address, [attempt](const error_code& error) {
      attempt->error = error;
      attempt->done.wake();
    });
    const Woken woken = co_await attempt->done.wait(deadline);
    if (woken == Woken::deadline) co_return TimedOut{};
    if (woken == Woken::cancelled)
      co_return failed(asio::error::operation_aborted, "connecting was given up");
    // A unix socket whose backlog is full says so instead of waiting.
    if (attempt->error != asio::error::try_again) break;
    if (deadline <= deadline_after(full_backlog_pause)) co_return TimedOut{};
    co_await sleep_for(loop, full_backlog_pause);
  }
  if (attempt->error) co_return outcome_of(attempt->error);
  if (connected_to_itself(attempt->socket, address)) co_return Refused{};
  const bool is_unix = family_of(address) == AF_UNIX;
  co_return ConnectionMaker::make(loop, std::move(attempt->socket), is_unix, settings, &endpoint);
}

}  // namespace

Task<ConnectOutcome> connect(EventLoop& loop, Endpoint endpoint, ConnectOptions options, Deadline deadline) {
  std::optional<Address> source;
  if (!options.source_address.empty()) {
    source = literal_address(options.source_address, 0);
    if (!source) co_return failed(asio::error::invalid_argument, options.source_address + " is no address");
  }
  Resolved resolved = co_await resolve(loop, endpoint, deadline);
  if (auto* problem = std::get_if<NotResolved>(&resolved)) co_return std::move(*problem);
  if (std::holds_alternative<TimedOut>(resolved)) co_return TimedOut{};

  ConnectOutcome outcome = Unreachable{"no address of the family of " + options.source_address};
  for (const Address& address : std::get<std::vector<Address>>(resolved)) {
    const bool is_unix = family_of(address) == AF_UNIX;
    if (source && !is_unix && family_of(*source) != family_of(address)) continue;
    const std::optional<Address> from = is_unix ? std::nullopt : source;
    outcome = co_await connect_to(loop, endpoint, address, from, options.settings, deadline);
    if (std::holds_alternative<Connection>(outcome) || std::holds_alternative<TimedOut>(outcome)) break;
  }
  co_return outcome;
}

}  // namespace smtpspec::wire
