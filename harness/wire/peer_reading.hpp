// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace smtpspec::wire {

/// How far the program at the other end has read what we sent.
enum class PeerReading {
  all_read,  ///< its kernel holds nothing of ours any more
  behind,    ///< some of it is on its way, or waits to be read
  unseen,    ///< the other end is on another machine, is gone, or the system doesn't tell
};

/// Asks the kernel, which holds both ends where a target runs on this machine: on Linux by sock_diag(7) for
/// TCP, by unix(7) for a unix socket; elsewhere the answer is `unseen`. Does not wait. Internal to this
/// layer.
PeerReading peer_reading(int socket);

}  // namespace smtpspec::wire
