// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace smtpspec::wire {

/// A host by name or address (IPv6 without brackets) and a port.
struct TcpEndpoint {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const TcpEndpoint&, const TcpEndpoint&) = default;
};

/// A unix-domain stream socket by its path.
struct UnixEndpoint {
  std::string path;
  friend bool operator==(const UnixEndpoint&, const UnixEndpoint&) = default;
};

/// Where a connection goes to or is accepted.
using Endpoint = std::variant<TcpEndpoint, UnixEndpoint>;

/// `127.0.0.1:2525`, `[::1]:2525`, `unix:/run/x`.
std::string format(const Endpoint& endpoint);

}  // namespace smtpspec::wire
