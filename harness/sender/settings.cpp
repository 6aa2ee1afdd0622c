// SPDX-License-Identifier: Apache-2.0
#include "sender/settings.hpp"

namespace smtpspec::sender {

Timeouts Timeouts::scaled_by(double factor) const {
  Timeouts scaled = *this;
  for (Duration* const each : {&scaled.connect, &scaled.greeting, &scaled.command, &scaled.mail, &scaled.rcpt,
                               &scaled.data, &scaled.block, &scaled.end_of_data, &scaled.quit}) {
    *each = std::chrono::duration_cast<Duration>(*each * factor);
  }
  return scaled;
}

}  // namespace smtpspec::sender
