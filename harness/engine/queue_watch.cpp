// SPDX-License-Identifier: Apache-2.0
#include "engine/queue_watch.hpp"

#include <algorithm>
#include <chrono>

#include "engine/beside.hpp"
#include "target/command.hpp"

namespace smtpspec::engine {
namespace {

constexpr std::chrono::milliseconds look_interval{3};
constexpr std::chrono::milliseconds listing_time{10'000};

// Between two listings; the command shall not take the time of the server whose queue it lists.
constexpr std::chrono::milliseconds shortest_rest{10};

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
  const auto began = std::chrono::steady_clock::now();
  auto list = [this] { return list_queue(command_, environment_); };
  listing_ = co_await beside(loop_, std::move(list));
  const auto ended = std::chrono::steady_clock::now();
  rest_until_ = ended + std::max<std::chrono::steady_clock::duration>(shortest_rest, ended - began);
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
    if (!running_ && std::chrono::steady_clock::now() >= rest_until_)
      co_await take_listing();
    else
      co_await wire::sleep_for(loop_, look_interval);
  }
}

}  // namespace smtpspec::engine
