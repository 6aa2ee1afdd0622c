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
/// It may be somebody else who keeps the machine busy: so a few always go on, and one more begins each
/// second. Shared by all runs of a loop, and used on its thread alone.
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
  /// So long after one has begun the next one may.
  static constexpr std::chrono::milliseconds longest{1000};

 private:
  using Clock = std::chrono::steady_clock;
  wire::Task<void> let_in();
  bool has_room();
  bool may_begin();

  wire::EventLoop* loop_;
  const Load load_;
  std::deque<std::shared_ptr<wire::Event>> waiting_;  // for their turns
  std::size_t inside_ = 0;
  double room_ = 0;  // cases that may begin until it is looked again
  Clock::time_point looked_{};
  Clock::time_point begun_{};  // when the last one did
};

}  // namespace smtpspec::engine
