// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "wire/fair_clock.hpp"

namespace smtpspec::wire {

/// When a wait ends at the latest, by the clock that waits for a busy machine. Every wait in this layer is
/// given one by its caller.
using Deadline = FairClock::time_point;

/// Never: for waits that something else surely ends (a listener that is closed, a loop that is stopped).
inline constexpr Deadline no_deadline = Deadline::max();

/// So long from now.
inline Deadline deadline_after(std::chrono::nanoseconds duration) {
  return FairClock::now() + duration;
}

}  // namespace smtpspec::wire
