// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <type_traits>
#include <utility>

#include "wire/event_loop.hpp"

namespace smtpspec::engine {

/// Does something that blocks on a thread of its own, and gives what it gave; the loop goes on meanwhile.
/// What the work refers to must stand until it is done: destroying the loop waits for it, after `cancelled`,
/// if it has one, was set.
template <typename Work>
wire::Task<std::invoke_result_t<Work>> beside(wire::EventLoop& loop, Work work,
                                              std::shared_ptr<std::atomic<bool>> cancelled = {}) {
  constexpr std::chrono::milliseconds look_interval{3};
  struct AtTheEnd {
    std::shared_ptr<std::atomic<bool>> cancelled;
    ~AtTheEnd() {
      if (cancelled) *cancelled = true;
    }
  };
  auto result = std::async(std::launch::async, std::move(work));
  const AtTheEnd before_it_is_waited_for{cancelled};
  while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    co_await wire::sleep_for(loop, look_interval);
  }
  co_return result.get();
}

}  // namespace smtpspec::engine
