// SPDX-License-Identifier: Apache-2.0
#include "target/greeting_probe.hpp"

#include <algorithm>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <optional>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/display.hpp"

namespace smtpspec::target {
namespace {

using std::chrono::milliseconds;
using wire::FairClock;

constexpr milliseconds between_attempts{5};
constexpr std::size_t max_greeting = 512;

class Socket {
 public:
  explicit Socket(int family) : fd_(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(fd_); }
  int fd() const { return fd_; }

 private:
  int fd_;
};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<SocketAddress> resolve(const wire::Endpoint& endpoint) {
  SocketAddress address;
  if (const auto* local = std::get_if<wire::UnixEndpoint>(&endpoint)) {
    auto& un = reinterpret_cast<sockaddr_un&>(address.storage);
    if (local->path.size() >= sizeof un.sun_path) return std::nullopt;
    un.sun_family = AF_UNIX;
    std::copy(local->path.begin(), local->path.end(), un.sun_path);
    address.size = sizeof un;
    return address;
  }
  const auto& tcp = std::get<wire::TcpEndpoint>(endpoint);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(tcp.host.c_str(), std::to_string(tcp.port).c_str(), &hints, &found) != 0)
    return std::nullopt;
  memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  freeaddrinfo(found);
  return address;
}

/// One attempt to be greeted, and what came of it.
class Attempt {
 public:
  Attempt(wire::Deadline deadline, const std::function<bool()>& give_up)
      : deadline_(deadline), give_up_(give_up) {}

  ProbeResult operator()(const SocketAddress& address, const std::string& where, bool implicit_tls) {
    const Socket socket(address.storage.ss_family);
    const int connected =
        connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address.storage), address.size);
    if (connected != 0 && (errno != EINPROGRESS || !wait(socket, POLLOUT) || pending_error(socket) != 0)) {
      return {false, false, fmt::format("nothing listens on {}", where)};
    }
    if (implicit_tls) return {true, true, {}};
    return read_greeting(socket, where);
  }

 private:
  ProbeResult read_greeting(const Socket& socket, const std::string& where) {
    std::string greeting;
    while (greeting.find('\n') == std::string::npos && greeting.size() < max_greeting) {
      if (!wait(socket, POLLIN)) {
        return {false, true, fmt::format("{} accepted a connection but sent no complete greeting", where)};
      }
      char buffer[max_greeting];
      const ssize_t got = recv(socket.fd(), buffer, sizeof buffer, 0);
      if (got <= 0) return {false, true, fmt::format("{} closed the connection without a greeting", where)};
      greeting.append(buffer, static_cast<std::size_t>(got));
    }
    if (greeting.starts_with("220")) {
      (void)!send(socket.fd(), "QUIT\r\n", 6, MSG_NOSIGNAL);
      return {true, true, {}};
    }
    const auto shown = base::escape_for_display(std::string_view(greeting).substr(0, 100));
    return {false, true, fmt::format("{} greeted with '{}' instead of 220", where, shown)};
  }

  /// Waits for the socket in slices, so that a server that dies meanwhile is noticed.
  bool wait(const Socket& socket, short what) {
    while (FairClock::now() < deadline_ && !give_up_()) {
      pollfd waiting{socket.fd(), what, 0};
      if (poll(&waiting, 1, 10) > 0) return true;
    }
    return false;
  }

  static int pending_error(const Socket& socket) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
  }

  wire::Deadline deadline_;
  const std::function<bool()>& give_up_;
};

}  // namespace

ProbeResult wait_for_greeting(const wire::Endpoint& endpoint, bool implicit_tls, wire::Deadline deadline,
                              const std::function<bool()>& give_up) {
  const std::string where = wire::format(endpoint);
  const auto address = resolve(endpoint);
  if (!address) return {false, false, fmt::format("{} can't be resolved", where)};
  ProbeResult furthest;
  for (;;) {
    ProbeResult result = Attempt(deadline, give_up)(*address, where, implicit_tls);
    if (result.connected || !furthest.connected) furthest = std::move(result);
    if (furthest.ready || give_up() || FairClock::now() >= deadline) return furthest;
    poll(nullptr, 0, static_cast<int>(between_attempts.count()));
  }
}

}  // namespace smtpspec::target
