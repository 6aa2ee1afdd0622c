// SPDX-License-Identifier: Apache-2.0
#include "target/action.hpp"

#include <gtest/gtest.h>

namespace smtpspec::target {
namespace {

TEST(Action, HasAName) {
  for (const Action action : {Action::flush, Action::purge, Action::kill, Action::terminate, Action::restart,
                              Action::reload, Action::fill, Action::free}) {
    EXPECT_EQ(action_of(name_of(action)), action);
  }
  EXPECT_EQ(action_of("explode"), std::nullopt);
}

}  // namespace
}  // namespace smtpspec::target
