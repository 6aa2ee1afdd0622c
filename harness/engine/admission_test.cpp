// SPDX-License-Identifier: Apache-2.0
#include "engine/admission.hpp"

#include <string>

#include <gtest/gtest.h>

namespace smtpspec::engine {
namespace {

using std::chrono::milliseconds;

wire::MachineLoad the_load;

wire::Task<void> enter(Admission& admission, std::string& log, char name) {
  co_await admission.enter();
  log += name;
}

class Admitted : public testing::Test {
 protected:
  void ask_for(std::string_view names) {
    for (const char name : names) loop_.spawn(enter(admission_, log_, name));
  }
  void wait(milliseconds time) { loop_.run(wire::sleep_for(loop_, time)); }

  wire::EventLoop loop_;
  Admission admission_{loop_, [] { return the_load; }};
  std::string log_;
};

TEST_F(Admitted, AllBeginWhereNobodyLooksAtTheMachine) {
  the_load = {};
  ask_for("abcdefghijklmnopqrstuvwxyz");
  wait(milliseconds(1));
  EXPECT_EQ(log_, "abcdefghijklmnopqrstuvwxyz");
}

TEST_F(Admitted, AnIdleMachineTakesSomeAtEachLook) {
  the_load = {.runnable = 0, .processors = 2};
  ask_for("abcdefghijklmnopqrstuvwxyz");
  wait(milliseconds(1));
  EXPECT_EQ(log_, "abcdefghijkl") << "the few that always go on, and eight";
  wait(milliseconds(200));
  EXPECT_EQ(log_, "abcdefghijklmnopqrstuvwxyz");
}

TEST_F(Admitted, ABusyMachineLetsThemWaitUntilItIsNot) {
  the_load = {.runnable = 12, .processors = 2};
  ask_for("abcdef");
  wait(milliseconds(100));
  EXPECT_EQ(log_, "abcd");
  admission_.leave();
  wait(milliseconds(100));
  EXPECT_EQ(log_, "abcde");
  the_load.runnable = 3;
  wait(milliseconds(100));
  EXPECT_EQ(log_, "abcdef");
}

TEST_F(Admitted, WhatOthersDoKeepsNobodyOutForEver) {
  the_load = {.runnable = 1000, .processors = 2};
  ask_for("abcdef");
  wait(Admission::longest / 2);
  EXPECT_EQ(log_, "abcd");
  wait(Admission::longest);
  EXPECT_EQ(log_, "abcde");
  wait(Admission::longest);
  EXPECT_EQ(log_, "abcdef");
}

}  // namespace
}  // namespace smtpspec::engine
