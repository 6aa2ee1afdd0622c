// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "wire/deadline.hpp"
#include "wire/endpoint.hpp"

namespace smtpspec::target {

/// What a server that ought to come up did so far.
struct ProbeResult {
  bool ready = false;
  bool connected = false;
  std::string what;  ///< for a person, when it is not ready: "nothing listens on 127.0.0.1:2525"
};

/// Connects, again and again until the deadline, until the server sends a line that begins with 220. An
/// endpoint of implicit TLS is ready as soon as it accepts. `give_up` is asked every few milliseconds.
ProbeResult wait_for_greeting(const wire::Endpoint& endpoint, bool implicit_tls, wire::Deadline deadline,
                              const std::function<bool()>& give_up);

}  // namespace smtpspec::target
