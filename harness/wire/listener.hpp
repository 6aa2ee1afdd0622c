// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "wire/connection.hpp"
#include "wire/deadline.hpp"
#include "wire/endpoint.hpp"
#include "wire/event_loop.hpp"
#include "wire/outcome.hpp"

namespace smtpspec::wire {

struct ListenerClosed {};  ///< by our own close()

std::string describe(const ListenerClosed& outcome);

using AcceptOutcome = std::variant<Connection, TimedOut, ListenerClosed, Failed>;

/// Waits for connections at one address. A unix socket's path is removed again when it closes.
class Listener {
 public:
  Listener(Listener&&) noexcept;
  Listener& operator=(Listener&&) noexcept;
  ~Listener();

  /// Where it listens; with the real port when port 0 was asked for.
  const Endpoint& endpoint() const;

  /// One connection. Being out of files is waited out until the deadline.
  Task<AcceptOutcome> accept(Deadline deadline);

  /// Ends listening at once; a pending accept() ends as ListenerClosed.
  void close();

 private:
  class Impl;
  friend struct ListenerMaker;
  explicit Listener(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

struct ListenOptions {
  int backlog = 4096;
  ConnectionSettings settings = {};  ///< for the connections that come
};

using ListenOutcome = std::variant<Listener, Failed>;

/// Listens at an address literal (port 0: any free one) or a unix path (which must not exist yet).
ListenOutcome listen(EventLoop& loop, const Endpoint& endpoint, const ListenOptions& options = {});

}  // namespace smtpspec::wire
