// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/intrusive/list.hpp>

#include "wire/event_loop.hpp"

namespace smtpspec::wire {

/// What ended a wait. Cancelled: by Asio's means, as `a || b` of its awaitable operators does with the one
/// that lost.
enum class Woken { event, deadline, cancelled };

/// A place where at most one coroutine waits for an event or a deadline, whichever comes first. Internal to
/// this layer: callbacks of sockets and timers on one side, `co_await` on the other.
///
/// Deadlines cost almost nothing as long as they aren't reached: the loop has one timer for all slots (see
/// WaitList).
class WaitSlot {
 public:
  explicit WaitSlot(EventLoop& loop) : loop_(loop) {}
  WaitSlot(const WaitSlot&) = delete;
  WaitSlot& operator=(const WaitSlot&) = delete;

  bool waiting() const { return resume_ != nullptr; }

  /// Suspends the caller. The slot must be free.
  Task<Woken> wait(Deadline deadline) {
    return boost::asio::async_initiate<const Token, void(Woken)>(
        [this, deadline](auto handler) { begin(std::move(handler), deadline); }, Token{});
  }

  /// Resumes the coroutine before this returns, if one waits. Only from the loop itself (a completion
  /// handler), never from inside another coroutine, and as the last thing: the resumed coroutine may destroy
  /// everything.
  void wake(Woken woken = Woken::event) {
    if (std::unique_ptr<Resume> resume = take()) resume->run(woken);
  }

  /// Resumes the coroutine at the loop's next turn, if one waits.
  void wake_soon(Woken woken = Woken::event);

 private:
  friend class WaitList;
  using Token = boost::asio::use_awaitable_t<Executor>;

  struct Resume {
    virtual ~Resume() = default;
    virtual void run(Woken woken) = 0;
  };
  template <typename Handler>
  struct HeldResume final : Resume {
    explicit HeldResume(Handler&& h) : handler(std::move(h)) {}
    void run(Woken woken) override {
      boost::asio::get_associated_cancellation_slot(handler).clear();
      std::move(handler)(woken);
    }
    Handler handler;
  };

  template <typename Handler>
  void begin(Handler handler, Deadline deadline) {
    auto cancellation = boost::asio::get_associated_cancellation_slot(handler);
    if (cancellation.is_connected()) {
      cancellation.assign([this](boost::asio::cancellation_type) { wake_soon(Woken::cancelled); });
    }
    hold(std::make_unique<HeldResume<Handler>>(std::move(handler)), deadline);
  }
  void hold(std::unique_ptr<Resume> resume, Deadline deadline);
  std::unique_ptr<Resume> take();

  EventLoop& loop_;
  std::unique_ptr<Resume> resume_;
  Deadline deadline_ = no_deadline;
  boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> hook_;
};

/// All slots of a loop in which a coroutine waits. One timer, set to the earliest deadline that was seen when
/// it was set; waits that end in time only leave the list. When it fires, the list is looked through for what
/// is due.
class WaitList {
 public:
  explicit WaitList(boost::asio::io_context& context) : timer_(std::in_place, context) {}

  void add(WaitSlot& slot);

  /// Destroys every coroutine that waits. Ends the list's use of the io_context.
  void shut_down();

 private:
  using Timer = boost::asio::basic_waitable_timer<FairClock, boost::asio::wait_traits<FairClock>, Executor>;
  using Slots = boost::intrusive::list<
      WaitSlot,
      boost::intrusive::member_hook<
          WaitSlot,
          boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
          &WaitSlot::hook_>,
      boost::intrusive::constant_time_size<false>>;

  void set_timer(Deadline when);
  void wake_what_is_due();

  std::optional<Timer> timer_;
  Deadline timer_at_ = no_deadline;
  Slots slots_;
};

}  // namespace smtpspec::wire
