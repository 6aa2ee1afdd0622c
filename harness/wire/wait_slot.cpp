// SPDX-License-Identifier: Apache-2.0
#include "wire/wait_slot.hpp"

#include <algorithm>
#include <cassert>

#include <boost/asio/post.hpp>

namespace smtpspec::wire {

void WaitSlot::hold(std::unique_ptr<Resume> resume, Deadline deadline) {
  assert(!resume_ && "two coroutines wait in one slot");
  resume_ = std::move(resume);
  deadline_ = deadline;
  loop_.waits().add(*this);
}

std::unique_ptr<WaitSlot::Resume> WaitSlot::take() {
  hook_.unlink();
  return std::move(resume_);
}

void WaitSlot::wake_soon(Woken woken) {
  if (!waiting()) return;
  boost::asio::post(loop_.context(), [woken, resume = take()]() mutable {
    const std::unique_ptr<Resume> last = std::move(resume);
    last->run(woken);
  });
}

void WaitList::add(WaitSlot& slot) {
  slots_.push_back(slot);
  if (slot.deadline_ < timer_at_) set_timer(slot.deadline_);
}

void WaitList::set_timer(Deadline when) {
  timer_at_ = when;
  timer_->expires_at(when);
  timer_->async_wait([this](const boost::system::error_code& error) {
    if (!error) wake_what_is_due();
  });
}

void WaitList::wake_what_is_due() {
  const Deadline now = FairClock::now();
  Deadline next = no_deadline;
  Slots due;
  for (auto at = slots_.begin(); at != slots_.end();) {
    WaitSlot& slot = *at++;
    if (slot.deadline_ > now) {
      next = std::min(next, slot.deadline_);
      continue;
    }
    slot.hook_.unlink();
    due.push_back(slot);
  }
  timer_at_ = no_deadline;
  if (next != no_deadline) set_timer(next);
  due.sort([](const WaitSlot& a, const WaitSlot& b) { return a.deadline_ < b.deadline_; });
  // Each one that wakes may take others off the list, or destroy them.
  while (!due.empty()) due.front().wake(Woken::deadline);
}

void WaitList::shut_down() {
  while (!slots_.empty()) slots_.front().take();
  timer_.reset();
}

}  // namespace smtpspec::wire
