// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "wire/event_loop.hpp"

namespace smtpspec::engine {

/// Who may use the next hop: any number side by side, or one alone. One that wants to be alone goes before
/// those that come after it.
class RightOfWay {
 public:
  explicit RightOfWay(wire::EventLoop& loop) : loop_(&loop) {}

  wire::Task<void> enter(bool alone) {
    if (alone) ++waiting_alone_;
    while (is_closed_to(alone)) {
      auto changed = std::make_shared<wire::Event>(*loop_);
      waiting_.push_back(changed);
      co_await changed->wait(wire::no_deadline);
    }
    if (alone) --waiting_alone_;
    (alone ? alone_ : beside_) += 1;
  }

  void leave(bool alone) {
    (alone ? alone_ : beside_) -= 1;
    const auto all = std::exchange(waiting_, {});
    for (const auto& changed : all) changed->set();
  }

 private:
  bool is_closed_to(bool alone) const {
    if (alone_ > 0) return true;
    return alone ? beside_ > 0 : waiting_alone_ > 0;
  }

  std::size_t beside_ = 0;
  std::size_t alone_ = 0;
  std::size_t waiting_alone_ = 0;
  wire::EventLoop* loop_;
  std::vector<std::shared_ptr<wire::Event>> waiting_;  // an Event bears one that waits
};

}  // namespace smtpspec::engine
