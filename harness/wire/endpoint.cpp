// SPDX-License-Identifier: Apache-2.0
#include "wire/endpoint.hpp"

#include <fmt/format.h>

namespace smtpspec::wire {

std::string format(const Endpoint& endpoint) {
  if (const auto* local = std::get_if<UnixEndpoint>(&endpoint)) return "unix:" + local->path;
  const auto& tcp = std::get<TcpEndpoint>(endpoint);
  const bool literal_v6 = tcp.host.find(':') != std::string::npos;
  return literal_v6 ? fmt::format("[{}]:{}", tcp.host, tcp.port) : fmt::format("{}:{}", tcp.host, tcp.port);
}

}  // namespace smtpspec::wire
