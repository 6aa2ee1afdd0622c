// SPDX-License-Identifier: Apache-2.0
#include "wire/fair_clock.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "wire/event_loop.hpp"

namespace smtpspec::wire {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

/// Threads that want to run all the time.
class Busy {
 public:
  explicit Busy(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) {
      threads_.emplace_back([this] {
        while (!over_) {
        }
      });
    }
  }
  ~Busy() {
    over_ = true;
    for (auto& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> over_ = false;
  std::vector<std::thread> threads_;
};

template <typename Work>
Steady::duration taken_by(Work work) {
  const auto began = Steady::now();
  work();
  return Steady::now() - began;
}

TEST(FairClock, IsTheSteadyClockWhileNobodyLooksAtTheMachine) {
  const Busy busy(4 * std::thread::hardware_concurrency());
  const auto steady = Steady::now();
  const auto fair = FairClock::now();
  std::this_thread::sleep_for(50ms);
  const auto fair_end = FairClock::now();
  EXPECT_LE(fair_end - fair, Steady::now() - steady);
  EXPECT_GE(fair_end - fair, 50ms);
  EXPECT_EQ(MachineWatch::load().processors, 0);
}

TEST(FairClock, WaitsForABusyMachine) {
  const MachineWatch watch;
  const Busy busy(4 * std::thread::hardware_concurrency());
  std::this_thread::sleep_for(5 * MachineWatch::interval);
  EXPECT_GE(MachineWatch::load().runnable, 2 * MachineWatch::load().processors);
  EventLoop loop;
  Event never(loop);
  const auto waited = taken_by([&] { loop.run(never.wait(deadline_after(100ms))); });
  const auto slept = taken_by([&] { loop.run(sleep_for(loop, 100ms)); });
  EXPECT_GE(waited, 200ms);
  EXPECT_LT(slept, waited) << "who lets others wait is not slower";
}

TEST(FairClock, GoesAsFastAsAFairShareAndNeverSlowerThanAnEighth) {
  EXPECT_EQ(pace_under({.runnable = 5, .processors = 0}), 1);
  EXPECT_EQ(pace_under({.runnable = 0, .processors = 2}), 1);
  EXPECT_EQ(pace_under({.runnable = 2, .processors = 2}), 1);
  EXPECT_EQ(pace_under({.runnable = 4, .processors = 2}), 0.5);
  EXPECT_EQ(pace_under({.runnable = 16, .processors = 2}), 0.125);
  EXPECT_EQ(pace_under({.runnable = 1000, .processors = 2}), 0.125);
}

TEST(FairClock, NeverGoesBack) {
  auto last = FairClock::now();
  for (int watches = 0; watches < 3; ++watches) {
    const MachineWatch watch;
    const Busy busy(watches * 4);
    for (int i = 0; i < 20'000; ++i) {
      const auto now = FairClock::now();
      ASSERT_GE(now, last);
      last = now;
    }
  }
}

}  // namespace
}  // namespace smtpspec::wire
