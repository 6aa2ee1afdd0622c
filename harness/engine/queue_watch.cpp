// SPDX-License-Identifier: Apache-2.0
#include "engine/queue_watch.hpp"

#include <chrono>

#include "engine/beside.hpp"
#include "target/command.hpp"

namespace smtpspec::engine {
namespace {

constexpr std::chrono::milliseconds look_interval{3};
constexpr std::chrono::milliseconds listing_time{10'000};

// An empty answer where the command fails would prove an empty queue; so a failure is told as text that no
// one waits for.
std::string list_queue(const target::Command& command,
                       const std::map<std::string, std::string>& environment) {
  const auto outcome = target::run_command(command, environment, listing_time);
  const auto* ended = std::get_if<target::CommandEnded>(&outcome);
  return ended && ended->succeeded() ? ended->output : std::string(QueueWatch::failed_listing);
}

}  // namespace

wire::Task<void> QueueWatch::take_listing() {
  running_ = true;
  const auto number = ++begun_;
  auto list = [this] { return list_queue(command_, environment_); };
  listing_ = co_await beside(loop_, std::move(list));
  done_ = number;
  running_ = false;
}

wire::Task<bool> QueueWatch::wait_until_free_of(std::string word, wire::Deadline deadline) {
  auto seen = begun_;
  for (;;) {
    if (done_ > seen) {
      const bool free_of_it = listing_ != failed_listing && listing_.find(word) == std::string::npos;
      if (free_of_it) co_return true;
      seen = begun_;
    }
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    if (!running_)
      co_await take_listing();
    else
      co_await wire::sleep_for(loop_, look_interval);
  }
}

}  // namespace smtpspec::engine
