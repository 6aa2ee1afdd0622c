// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "wire/event_loop.hpp"

namespace smtpspec::engine {

/// Looks at the target's queue for all cases of a run: however many wait, its list command runs once at a
/// time, beside the event loop.
class QueueWatch {
 public:
  /// Lists the queue: its text, or failed_listing.
  using List = std::function<wire::Task<std::string>()>;

  QueueWatch(wire::EventLoop& loop, List list) : loop_(loop), list_(std::move(list)) {}

  /// True when a listing that began after this call does not have the word in it; false when the deadline
  /// came first.
  wire::Task<bool> wait_until_free_of(std::string word, wire::Deadline deadline);

  /// The other way round: true when such a listing has the word in it.
  wire::Task<bool> wait_until_holds(std::string word, wire::Deadline deadline);

  static constexpr std::string_view failed_listing = "(the queue could not be listed)";

 private:
  wire::Task<void> take_listing();
  wire::Task<bool> wait_until(std::string word, bool is_listed, wire::Deadline deadline);

  wire::EventLoop& loop_;
  const List list_;
  std::string listing_;
  std::uint64_t begun_ = 0;  // listings begun
  std::uint64_t done_ = 0;   // number of the listing in listing_
  bool running_ = false;
  wire::FairClock::time_point rest_until_{};
};

}  // namespace smtpspec::engine
