// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>

#include "wire/deadline.hpp"
#include "wire/endpoint.hpp"
#include "wire/event_loop.hpp"
#include "wire/outcome.hpp"

namespace smtpspec::wire {

/// What the kernel understands, of whatever family. Internal to this layer.
using Address = boost::asio::generic::stream_protocol::endpoint;

Endpoint endpoint_of(const Address& address);

/// An IPv4 or IPv6 address as text; nothing when it is something else.
std::optional<Address> literal_address(const std::string& host, std::uint16_t port);

/// Nothing when the path is too long for the kernel.
std::optional<Address> unix_address(const std::string& path);

int family_of(const Address& address);

inline Failed failure(const boost::system::error_code& error, std::string reason) {
  return {error, std::move(reason)};
}

using Resolved = std::variant<std::vector<Address>, NotResolved, TimedOut>;

/// All addresses of an endpoint; asks the system's resolver only for names.
Task<Resolved> resolve(EventLoop& loop, Endpoint endpoint, Deadline deadline);

}  // namespace smtpspec::wire
