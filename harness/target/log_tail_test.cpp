// SPDX-License-Identifier: Apache-2.0
#include "target/log_tail.hpp"

#include <gtest/gtest.h>

#include "target/temporary_folder_for_test.hpp"

namespace smtpspec::target {
namespace {

TEST(LogTail, IsTheLastWholeLines) {
  const TemporaryFolder folder;
  const auto log = folder.write("log", "first\nsecond\nthird\n");
  EXPECT_EQ(log_tail({log}, 1000), "first\nsecond\nthird\n");
  EXPECT_EQ(log_tail({log}, 10), "third\n");
  EXPECT_EQ(log_tail({log}, 3), "rd\n") << "a line longer than what is wanted is cut";
}

TEST(LogTail, TellsSeveralFilesApartAndLeavesOutEmptyOnes) {
  const TemporaryFolder folder;
  const auto one = folder.write("one.log", "a\n");
  const auto two = folder.write("two.log", "b");
  const auto empty = folder.write("empty", "");
  EXPECT_EQ(log_tail({one, folder / "none", two}, 1000), "--- one.log\na\n--- two.log\nb\n");
  EXPECT_EQ(log_tail({empty, one}, 1000), "a\n");
  EXPECT_EQ(log_tail({empty}, 1000), "");
}

}  // namespace
}  // namespace smtpspec::target
