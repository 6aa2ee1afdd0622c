// SPDX-License-Identifier: Apache-2.0
#include "interop/pairing.hpp"

#include <set>

#include <gtest/gtest.h>

namespace smtpspec::interop {
namespace {

struct SizeCase {
  std::size_t senders, receivers, rounds;
};

TEST(Pairing, EveryPairComesOnceAndNobodyIsInARoundTwice) {
  for (const auto& size :
       {SizeCase{1, 1, 1}, SizeCase{7, 7, 7}, SizeCase{3, 5, 5}, SizeCase{5, 2, 5}, SizeCase{0, 3, 0}}) {
    SCOPED_TRACE(testing::Message() << size.senders << " by " << size.receivers);
    const auto rounds = rounds_of(size.senders, size.receivers);
    EXPECT_EQ(rounds.size(), size.rounds);
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    for (const auto& round : rounds) {
      std::set<std::size_t> senders, receivers;
      for (const auto& pair : round) {
        EXPECT_TRUE(pairs.emplace(pair.sender, pair.receiver).second);
        EXPECT_TRUE(senders.insert(pair.sender).second);
        EXPECT_TRUE(receivers.insert(pair.receiver).second);
      }
    }
    EXPECT_EQ(pairs.size(), size.senders * size.receivers);
  }
}

}  // namespace
}  // namespace smtpspec::interop
