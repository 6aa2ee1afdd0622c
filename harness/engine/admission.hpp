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
/// It may be somebody else who keeps the machine busy: so a few always go on, and who has waited for long
/// begins anyway. Shared by all runs of a loop, and used on its thread alone.
class Admission {
 public:
  using Load = wire::MachineLoad (*)();

  explicit Admission(wire::EventLoop& loop, Load load = wire::MachineWatch::load)
      : loop_(&loop), load_(load) {}

  /// Returns when a case may begin; who asks first is let in first.
  wire::Task<void> enter();

  /// One that has entered is through.
  void leave() { --inside_; }

  /// How many go on however busy the machine is.
  static constexpr std::size_t always = 4;
  static constexpr std::chrono::seconds longest{5};

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    explicit Waiting(wire::EventLoop& loop) : turn(loop) {}
    wire::Event turn;
    Clock::time_point since = Clock::now();
  };

  wire::Task<void> let_in();
  bool has_room();
  bool may_begin(Clock::time_point since);

  wire::EventLoop* loop_;
  const Load load_;
  std::deque<std::shared_ptr<Waiting>> waiting_;
  std::size_t inside_ = 0;
  double room_ = 0;  // cases that may begin until it is looked again
  Clock::time_point looked_{};
};

}  // namespace smtpspec::engine
