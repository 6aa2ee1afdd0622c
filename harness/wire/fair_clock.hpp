// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>

namespace smtpspec::wire {

/// How much the machine has to do.
struct MachineLoad {
  int runnable = 0;    ///< threads that want to run
  int processors = 0;  ///< 0: nobody looks
};

/// How fast the FairClock goes then: 1 is as fast as time.
double pace_under(const MachineLoad& load);

/// The clock of all deadlines: monotonic, and slower than time while the machine is busy. Where three
/// programs want to run for each processor, a second of it takes three, because that is how long anybody
/// needs for what is otherwise done in one. So a silence that a scenario sees is the target's own, and not
/// that of a machine with too much to do. It never runs slower than an eighth of time: whoever occupies all
/// processors himself is not waited for without end.
///
/// It is the steady clock while no MachineWatch stands. Any thread may ask it.
class FairClock {
 public:
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<FairClock>;
  static constexpr bool is_steady = true;

  static time_point now();
};

/// Looks at the machine again and again, on a thread of its own, and sets the pace of the FairClock. Linux
/// tells in /proc/loadavg how many threads want to run; elsewhere nothing is seen and the clock is the steady
/// one. One at a time, by whoever owns the process.
class MachineWatch {
 public:
  MachineWatch();
  ~MachineWatch();
  MachineWatch(const MachineWatch&) = delete;
  MachineWatch& operator=(const MachineWatch&) = delete;

  /// How often it looks.
  static constexpr std::chrono::milliseconds interval{10};

  /// What it saw when it looked last.
  static MachineLoad load();

 private:
  struct Looking;
  std::unique_ptr<Looking> looking_;
};

}  // namespace smtpspec::wire
