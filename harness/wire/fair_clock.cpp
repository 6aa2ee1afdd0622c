// SPDX-License-Identifier: Apache-2.0
#include "wire/fair_clock.hpp"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace smtpspec::wire {
namespace {

using Steady = std::chrono::steady_clock;

constexpr double slowest = 1.0 / 8;

// A watch that does not get to look for so long waits for a processor itself: until then nothing passes.
constexpr std::chrono::milliseconds longest_step{200};

/// What the FairClock is made of: from `since` on it goes at `rate`.
struct Pacing {
  std::mutex mutex;
  Steady::time_point since{};
  FairClock::duration shown{};  // what the clock said at `since`
  double rate = 1;
  MachineLoad load;

  FairClock::duration now() const {
    auto passed = Steady::now() - since;
    if (load.processors > 0) passed = std::min<Steady::duration>(passed, longest_step);
    return shown + std::chrono::duration_cast<FairClock::duration>(passed * rate);
  }

  // From now on, without a leap.
  void change(MachineLoad new_load) {
    const auto so_far = now();
    since = Steady::now();
    shown = so_far;
    load = new_load;
    rate = pace_under(load);
  }
};

Pacing& pacing() {
  static Pacing one;
  return one;
}

/// /proc/loadavg, "0.52 0.47 0.31 3/412 20713": the number before the slash.
std::optional<int> runnable_threads(int file) {
  char buffer[128];
  const ssize_t got = pread(file, buffer, sizeof buffer, 0);
  const std::string_view text(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const std::size_t space = text.rfind(' ', slash);
  int number = 0;
  const char* first = text.data() + (space == text.npos ? 0 : space + 1);
  if (std::from_chars(first, text.data() + slash, number).ec != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

double pace_under(const MachineLoad& load) {
  if (load.processors == 0 || load.runnable <= load.processors) return 1;
  return std::max(slowest, static_cast<double>(load.processors) / load.runnable);
}

FairClock::time_point FairClock::now() {
  const std::lock_guard lock(pacing().mutex);
  return time_point(pacing().now());
}

struct MachineWatch::Looking {
  int file = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
  // All of the machine, as /proc/loadavg is of the whole of it, and not those alone on which we may run.
  int processors = static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  std::mutex mutex;
  std::condition_variable end;
  bool is_over = false;
  std::thread thread;

  void look() {
    const auto runnable = runnable_threads(file);
    if (!runnable) return;
    const std::lock_guard lock(pacing().mutex);
    pacing().change({*runnable - 1, processors});  // without this thread
  }

  void look_until_over() {
    std::unique_lock lock(mutex);
    while (!end.wait_for(lock, interval, [this] { return is_over; })) look();
  }
};

MachineWatch::MachineWatch() : looking_(std::make_unique<Looking>()) {
  looking_->look();
  looking_->thread = std::thread([looking = looking_.get()] { looking->look_until_over(); });
}

MachineWatch::~MachineWatch() {
  {
    const std::lock_guard lock(looking_->mutex);
    looking_->is_over = true;
  }
  looking_->end.notify_one();
  looking_->thread.join();
  if (looking_->file >= 0) close(looking_->file);
  const std::lock_guard lock(pacing().mutex);
  pacing().change({});
}

MachineLoad MachineWatch::load() {
  const std::lock_guard lock(pacing().mutex);
  return pacing().load;
}

}  // namespace smtpspec::wire
