// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <future>
#include <type_traits>
#include <utility>

#include "wire/event_loop.hpp"

namespace smtpspec::engine {

/// Does something that blocks on a thread of its own, and gives what it gave; the loop goes on meanwhile.
/// What the work refers to must stand until it is done: destroying the loop waits for it.
template <typename Work>
wire::Task<std::invoke_result_t<Work>> beside(wire::EventLoop& loop, Work work) {
  constexpr std::chrono::milliseconds look_interval{3};
  auto result = std::async(std::launch::async, std::move(work));
  while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    co_await wire::sleep_for(loop, look_interval);
  }
  co_return result.get();
}

}  // namespace smtpspec::engine
