// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace smtpspec::interop {

/// A sender and a receiver, by their places in the lists.
struct Pair {
  std::size_t sender = 0;
  std::size_t receiver = 0;

  bool operator==(const Pair&) const = default;
};

/// The pairs that go at the same time; no sender and no receiver is in it twice.
using Round = std::vector<Pair>;

/// Every pair once, in as few rounds as there are servers on the longer side: a Latin square.
std::vector<Round> rounds_of(std::size_t senders, std::size_t receivers);

}  // namespace smtpspec::interop
