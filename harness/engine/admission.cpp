// SPDX-License-Identifier: Apache-2.0
#include "engine/admission.hpp"

namespace smtpspec::engine {
namespace {

// Threads that want to run, for each processor: with fewer, one would stand idle now and then.
constexpr double wanted_demand = 2;

// A case has somebody do something for a part of its time only.
constexpr double cases_for_each_thread = 2;

}  // namespace

bool Admission::has_room() {
  const auto now = Clock::now();
  if (now - looked_ >= wire::MachineWatch::interval) {
    const auto load = load_();
    if (load.processors == 0) return true;
    room_ = cases_for_each_thread * (wanted_demand * load.processors - load.runnable);
    looked_ = now;
  }
  if (room_ < 1) return false;
  room_ -= 1;
  return true;
}

bool Admission::may_begin() {
  const auto now = Clock::now();
  if (inside_ >= always && !has_room() && now - begun_ < longest) return false;
  ++inside_;
  begun_ = now;
  return true;
}

wire::Task<void> Admission::enter() {
  if (waiting_.empty() && may_begin()) co_return;
  const auto turn = std::make_shared<wire::Event>(*loop_);
  waiting_.push_back(turn);
  if (waiting_.size() == 1) loop_->spawn(let_in());
  co_await turn->wait(wire::no_deadline);
}

wire::Task<void> Admission::let_in() {
  while (!waiting_.empty()) {
    if (may_begin()) {
      waiting_.front()->set();
      waiting_.pop_front();
    } else {
      co_await wire::sleep_for(*loop_, wire::MachineWatch::interval);
    }
  }
}

}  // namespace smtpspec::engine
