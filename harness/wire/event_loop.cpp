// SPDX-License-Identifier: Apache-2.0
#include "wire/event_loop.hpp"

#include <stdexcept>
#include <sys/resource.h>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "wire/wait_slot.hpp"

namespace smtpspec::wire {
namespace {

constexpr std::size_t scratch_bytes = 64 * 1024;
constexpr int one_thread = 1;  // tells Asio that only one thread runs the loop

using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace

EventLoop::EventLoop() : scratch_(scratch_bytes, '\0'), context_(one_thread) {
  waits_ = std::make_unique<WaitList>(context_);
}

EventLoop::~EventLoop() {
  waits_->shut_down();
}

void EventLoop::spawn(Task<void> task, Ended ended) {
  boost::asio::co_spawn(context_, std::move(task),
                        [this, ended = std::move(ended)](std::exception_ptr thrown) {
                          if (ended) return ended(thrown);
                          if (!thrown) return;
                          if (!stray_) stray_ = thrown;
                          context_.stop();
                        });
}

void EventLoop::run_until_ended(Task<void> task) {
  struct End {
    bool has_come = false;
    std::exception_ptr thrown;
  };
  // Shared, because a stray exception leaves this function before the task has ended.
  auto end = std::make_shared<End>();
  spawn(std::move(task), [this, end](std::exception_ptr thrown) {
    end->has_come = true;
    end->thrown = thrown;
    context_.stop();
  });
  context_.restart();
  context_.run();
  if (std::exception_ptr stray = std::exchange(stray_, nullptr)) std::rethrow_exception(stray);
  if (end->thrown) std::rethrow_exception(end->thrown);
  if (!end->has_come) throw std::logic_error("every coroutine waits for something that can't happen");
}

Task<void> sleep_for(EventLoop& loop, std::chrono::nanoseconds duration) {
  Timer timer(loop.executor(), duration);
  co_await timer.async_wait(boost::asio::use_awaitable_t<Executor>{});
}

struct Event::Waiting {
  std::vector<WaitSlot*> slots;
};

Event::Event(EventLoop& loop) : loop_(loop), waiting_(std::make_shared<Waiting>()) {}

Event::~Event() = default;

void Event::set() {
  set_ = true;
  for (WaitSlot* slot : waiting_->slots) slot->wake_soon();
}

Task<bool> Event::wait(Deadline deadline) {
  if (set_) co_return true;
  /// In the list exactly as long as the coroutine lives.
  struct Entry {
    std::shared_ptr<Waiting> list;
    WaitSlot slot;
    Entry(std::shared_ptr<Waiting> l, EventLoop& loop) : list(std::move(l)), slot(loop) {
      list->slots.push_back(&slot);
    }
    ~Entry() { std::erase(list->slots, &slot); }
  };
  Entry entry(waiting_, loop_);
  const Woken woken = co_await entry.slot.wait(deadline);
  co_return woken == Woken::event || set_;
}

std::size_t raise_open_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::size_t>(limit.rlim_cur);
}

}  // namespace smtpspec::wire
