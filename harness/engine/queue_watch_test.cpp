// SPDX-License-Identifier: Apache-2.0
#include "engine/queue_watch.hpp"

#include <gtest/gtest.h>

#include "wire/deadline.hpp"

namespace smtpspec::engine {
namespace {

using std::chrono::milliseconds;

class QueueWatchTest : public testing::Test {
 protected:
  wire::Task<std::string> list() {
    ++listings;
    co_return next.empty() ? last
                           : next[std::min<std::size_t>(static_cast<std::size_t>(listings), next.size()) - 1];
  }

  bool free_of(const std::string& word, milliseconds within) {
    return loop.run(watch.wait_until_free_of(word, wire::deadline_after(within)));
  }
  bool holds(const std::string& word, milliseconds within) {
    return loop.run(watch.wait_until_holds(word, wire::deadline_after(within)));
  }

  wire::EventLoop loop;
  std::string last;
  std::vector<std::string> next;
  int listings = 0;
  QueueWatch watch{loop, [this] { return list(); }};
};

TEST_F(QueueWatchTest, OneListingTellsWhatIsThereAndWhatIsNot) {
  last = "1 message to user+t1@relay.test";
  EXPECT_TRUE(holds("t1", milliseconds(1000)));
  EXPECT_EQ(listings, 1);
  EXPECT_TRUE(free_of("t2", milliseconds(1000)));
  EXPECT_EQ(listings, 2) << "one that began before the question is no answer";
}

TEST_F(QueueWatchTest, AListingThatFailedTellsNothing) {
  next = {std::string(QueueWatch::failed_listing), "t1", "empty"};
  EXPECT_TRUE(free_of("t1", milliseconds(5000)));
  EXPECT_EQ(listings, 3);
}

TEST_F(QueueWatchTest, LooksTheLessOftenTheLongerItTakes) {
  last = "t1";
  EXPECT_FALSE(free_of("t1", milliseconds(600)));
  EXPECT_GE(listings, 3);
  EXPECT_LE(listings, 14) << "one for each hundredth of a second would be 60";
}

}  // namespace
}  // namespace smtpspec::engine
