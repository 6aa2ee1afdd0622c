// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/connection.hpp"
#include "wire/endpoint.hpp"
#include "wire/event_loop.hpp"
#include "wire/socket_stream.hpp"

namespace smtpspec::wire {

/// How connect() and Listener make a Connection from a connected socket. Internal to this layer.
struct ConnectionMaker {
  /// `peer` is asked from the kernel when it is wanted, unless it is given here.
  static Connection make(EventLoop& loop, Socket socket, bool is_unix, const ConnectionSettings& settings,
                         Endpoint* peer);
};

}  // namespace smtpspec::wire
