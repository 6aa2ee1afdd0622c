// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace smtpspec::wire {

// These have constructors because GCC 12 destroys a temporary aggregate twice when it stands in a `co_await`
// expression; one that a constructor made is safe.

/// A host by name or address (IPv6 without brackets) and a port.
struct TcpEndpoint {
  TcpEndpoint() = default;
  TcpEndpoint(std::string h, std::uint16_t p) : host(std::move(h)), port(p) {}

  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const TcpEndpoint&, const TcpEndpoint&) = default;
};

/// A unix-domain stream socket by its path.
struct UnixEndpoint {
  UnixEndpoint() = default;
  explicit UnixEndpoint(std::string p) : path(std::move(p)) {}

  std::string path;
  friend bool operator==(const UnixEndpoint&, const UnixEndpoint&) = default;
};

/// Where a connection goes to or is accepted.
using Endpoint = std::variant<TcpEndpoint, UnixEndpoint>;

/// `127.0.0.1:2525`, `[::1]:2525`, `unix:/run/x`.
std::string format(const Endpoint& endpoint);

}  // namespace smtpspec::wire
