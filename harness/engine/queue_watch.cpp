// SPDX-License-Identifier: Apache-2.0
#include "engine/queue_watch.hpp"

#include <algorithm>
#include <chrono>

namespace smtpspec::engine {
namespace {

constexpr std::chrono::milliseconds look_interval{3};

// Between two listings; the command shall not take the time of the server whose queue it lists.
constexpr std::chrono::milliseconds shortest_rest{10};

// Who has waited for long waits on for this part of that time before looking again: what has not happened in
// a second does not need to be seen within a hundredth of one.
constexpr int part_of_the_wait = 2;
constexpr std::chrono::milliseconds longest_rest{200};

}  // namespace

wire::Task<void> QueueWatch::take_listing() {
  running_ = true;
  const auto number = ++begun_;
  const auto began = wire::FairClock::now();
  listing_ = co_await list_();
  const auto ended = wire::FairClock::now();
  rest_until_ = ended + std::max<wire::FairClock::duration>(shortest_rest, ended - began);
  done_ = number;
  running_ = false;
}

wire::Task<bool> QueueWatch::wait_until_free_of(std::string word, wire::Deadline deadline) {
  return wait_until(std::move(word), false, deadline);
}

wire::Task<bool> QueueWatch::wait_until_holds(std::string word, wire::Deadline deadline) {
  return wait_until(std::move(word), true, deadline);
}

wire::Task<bool> QueueWatch::wait_until(std::string word, bool is_listed, wire::Deadline deadline) {
  auto seen = begun_;
  const auto began = wire::FairClock::now();
  auto due = began;
  for (;;) {
    const auto now = wire::FairClock::now();
    if (done_ > seen) {
      const bool listed = listing_.find(word) != std::string::npos;
      if (listing_ != failed_listing && listed == is_listed) co_return true;
      seen = begun_;
      due = now + std::min<wire::FairClock::duration>((now - began) / part_of_the_wait, longest_rest);
    }
    if (now >= deadline) co_return false;
    if (!running_ && now >= std::max(due, rest_until_))
      co_await take_listing();
    else
      co_await wire::sleep_for(loop_, look_interval);
  }
}

}  // namespace smtpspec::engine
