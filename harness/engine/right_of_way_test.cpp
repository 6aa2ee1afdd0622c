// SPDX-License-Identifier: Apache-2.0
#include "engine/right_of_way.hpp"

#include <string>

#include <gtest/gtest.h>

namespace smtpspec::engine {
namespace {

// The name stays a parameter: what a coroutine captures is gone when it goes on.
wire::Task<void> pass(RightOfWay& way, std::string& log, char name, bool alone) {
  co_await way.enter(alone);
  log += name;
}

TEST(RightOfWay, SeveralWaitForTheOneThatIsAlone) {
  wire::EventLoop loop;
  RightOfWay way(loop);
  std::string log;
  loop.run(pass(way, log, 'a', true));
  for (const char name : {'b', 'c', 'd'}) loop.spawn(pass(way, log, name, false));
  loop.run(wire::sleep_for(loop, std::chrono::milliseconds(1)));
  EXPECT_EQ(log, "a");
  way.leave(true);
  loop.run(wire::sleep_for(loop, std::chrono::milliseconds(1)));
  EXPECT_EQ(log, "abcd");
}

TEST(RightOfWay, WhoWantsToBeAloneGoesBeforeThoseThatCameLater) {
  wire::EventLoop loop;
  RightOfWay way(loop);
  std::string log;
  loop.run(pass(way, log, 'a', false));
  loop.spawn(pass(way, log, 'b', true));
  loop.run(wire::sleep_for(loop, std::chrono::milliseconds(1)));
  loop.spawn(pass(way, log, 'c', false));
  loop.run(wire::sleep_for(loop, std::chrono::milliseconds(1)));
  EXPECT_EQ(log, "a");
  way.leave(false);
  loop.run(wire::sleep_for(loop, std::chrono::milliseconds(1)));
  EXPECT_EQ(log, "ab");
  way.leave(true);
  loop.run(wire::sleep_for(loop, std::chrono::milliseconds(1)));
  EXPECT_EQ(log, "abc");
}

}  // namespace
}  // namespace smtpspec::engine
