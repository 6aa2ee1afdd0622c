// SPDX-License-Identifier: Apache-2.0
#include "result/shard.hpp"

#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace smtpspec::result {
namespace {

TEST(Shard, IsWrittenAsIndexAndTotal) {
  EXPECT_EQ(parse_shard("1/1"), (Shard{1, 1}));
  EXPECT_EQ(parse_shard("4/4"), (Shard{4, 4}));
  EXPECT_EQ(to_string({2, 16}), "2/16");
  for (const auto* wrong : {"", "1", "/", "1/", "/4", "0/4", "5/4", "1/0", "-1/4", "1/4/4", "a/b", " 1/4",
                            "1/4 ", "1/10001", "99999999999/99999999999"}) {
    EXPECT_EQ(parse_shard(wrong), std::nullopt) << wrong;
  }
}

// Were these numbers to change, the shards of two versions of smtpspec would not make one run.
TEST(Shard, OfAnIdNeverChanges) {
  EXPECT_EQ(shard_of("", 1000), 0xcbf29ce484222325u % 1000 + 1);
  EXPECT_EQ(shard_of("a", 10000), 0xaf63dc4c8601ec8cu % 10000 + 1);
  EXPECT_EQ(shard_of("foobar", 9973), 0x85944171f73967e8u % 9973 + 1);
  EXPECT_EQ(shard_of("rfc5321/4.5.2-transparency/lock-step/lf-dot-lf", 1), 1u);
}

TEST(Shard, HashSpreadsEvenly) {
  std::vector<int> counts(4);
  for (int i = 0; i < 1000; ++i) ++counts[shard_of(fmt::format("rfc5321/4.1/case-{}", i), 4) - 1];
  for (const int count : counts) {
    EXPECT_GT(count, 200);
    EXPECT_LT(count, 300);
  }
}

}  // namespace
}  // namespace smtpspec::result
