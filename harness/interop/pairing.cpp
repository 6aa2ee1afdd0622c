// SPDX-License-Identifier: Apache-2.0
#include "interop/pairing.hpp"

#include <algorithm>

namespace smtpspec::interop {

std::vector<Round> rounds_of(std::size_t senders, std::size_t receivers) {
  const auto size = std::max(senders, receivers);
  std::vector<Round> rounds;
  for (std::size_t shift = 0; shift < size && senders > 0 && receivers > 0; ++shift) {
    Round round;
    for (std::size_t sender = 0; sender < senders; ++sender) {
      const auto receiver = (sender + shift) % size;
      if (receiver < receivers) round.push_back({sender, receiver});
    }
    if (!round.empty()) rounds.push_back(std::move(round));
  }
  return rounds;
}

}  // namespace smtpspec::interop
