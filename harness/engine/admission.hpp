// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>

#include "wire/event_loop.hpp"

namespace smtpspec::engine {

/// Lets cases begin as fast as the machine gets through with them. Most of a case is waiting, so that many go
/// side by side; but where sixteen servers are compared on two processors, all that begin at once make each
/// other late, and servers run into time limits of their own. The same as `make --load-average`.
///
/// Who has waited for a second begins anyway: it may be somebody else who keeps the machine busy. Shared by
/// all runs of a loop, and used on its thread alone.
class Admission {
 public:
  using Load = wire::MachineLoad (*)();

  explicit Admission(wire::EventLoop& loop, Load load = wire::MachineWatch::load)
      : loop_(&loop), load_(load) {}

  /// Returns when a case may begin; who asks first is let in first.
  wire::Task<void> enter();

  static constexpr std::chrono::milliseconds longest{1000};

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    explicit Waiting(wire::EventLoop& loop) : turn(loop) {}
    wire::Event turn;
    Clock::time_point since = Clock::now();
  };

  wire::Task<void> let_in();
  bool has_room();

  wire::EventLoop* loop_;
  const Load load_;
  std::deque<std::shared_ptr<Waiting>> waiting_;
  double room_ = 0;  // cases that may begin until it is looked again
  Clock::time_point looked_{};
};

}  // namespace smtpspec::engine
