// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wire/event_loop.hpp"

namespace smtpspec::engine {

/// Looks at the target's queue for all cases of a run: however many wait, its list command runs once at a
/// time, beside the event loop.
class QueueWatch {
 public:
  QueueWatch(wire::EventLoop& loop, std::vector<std::string> list_command,
             std::map<std::string, std::string> environment)
      : loop_(loop), command_(std::move(list_command)), environment_(std::move(environment)) {}

  /// True when a listing that began after this call does not have the word in it; false when the deadline
  /// came first.
  wire::Task<bool> wait_until_free_of(std::string word, wire::Deadline deadline);

  static constexpr std::string_view failed_listing = "(the queue could not be listed)";

 private:
  wire::Task<void> take_listing();

  wire::EventLoop& loop_;
  std::vector<std::string> command_;
  std::map<std::string, std::string> environment_;
  std::string listing_;
  std::uint64_t begun_ = 0;  // listings begun
  std::uint64_t done_ = 0;   // number of the listing in listing_
  bool running_ = false;
  std::chrono::steady_clock::time_point rest_until_{};
};

}  // namespace smtpspec::engine
