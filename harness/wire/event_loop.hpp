// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "wire/deadline.hpp"

namespace smtpspec::wire {

/// The concrete executor of one io_context: cheaper than a type-erased one at every suspension.
using Executor = boost::asio::io_context::executor_type;

/// A coroutine that runs on an EventLoop. Starts when it is awaited or spawned. Take parameters by value, or
/// by reference to what certainly outlives it. Give a name to what stands in braces (aggregates, initializer
/// lists) before `co_await`: GCC 12 destroys such temporaries twice.
template <typename T = void>
using Task = boost::asio::awaitable<T, Executor>;

class WaitList;

/// One thread, one io_context, any number of coroutines. Everything in this layer belongs to one loop and is
/// used from the thread that runs it. Destroying the loop destroys the coroutines that still wait on it, so
/// it must outlive what they refer to from outside; connections and listeners held outside a coroutine are
/// destroyed before it.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Is told how a spawned coroutine ended: null, or what it threw.
  using Ended = std::function<void(std::exception_ptr)>;

  /// Starts a coroutine that nobody awaits, at the next turn of the loop. Without `ended`, what it throws
  /// comes out of run(): an outcome is a value here, so an exception is our own bug.
  void spawn(Task<void> task, Ended ended = {});

  /// Runs the loop until `task` has ended and gives its value, or throws what it threw. What was spawned
  /// beside it stays suspended where it is, and goes on with the next run().
  template <typename T>
  T run(Task<T> task) {
    if constexpr (std::is_void_v<T>) {
      run_until_ended(std::move(task));
    } else {
      auto result = std::make_shared<std::optional<T>>();
      run_until_ended(store(std::move(task), result));
      return std::move(**result);
    }
  }

  boost::asio::io_context& context() { return context_; }
  Executor executor() { return context_.get_executor(); }

  /// For this layer: the waits with a deadline.
  WaitList& waits() { return *waits_; }

  /// For this layer: room for one read that is copied out at once, shared by all connections.
  std::string& scratch() { return scratch_; }

 private:
  template <typename T>
  static Task<void> store(Task<T> task, std::shared_ptr<std::optional<T>> result) {
    result->emplace(co_await std::move(task));
  }
  void run_until_ended(Task<void> task);

  std::unique_ptr<WaitList> waits_;
  std::string scratch_;
  std::exception_ptr stray_;
  boost::asio::io_context context_;  // last, so first to go: handlers that it destroys may still use the rest
};

/// Waits for so long, and not a moment less. By the steady clock, not by that of the deadlines: it is we who
/// let somebody wait here, whose patience is measured in true time.
Task<void> sleep_for(EventLoop& loop, std::chrono::nanoseconds duration);

/// Something one coroutine waits for and another makes happen. Any number may wait; stays set until reset.
class Event {
 public:
  explicit Event(EventLoop& loop);
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void set();
  void reset() { set_ = false; }
  bool is_set() const { return set_; }

  /// True when it happened (or had happened already), false when the deadline came first.
  Task<bool> wait(Deadline deadline);

 private:
  struct Waiting;
  EventLoop& loop_;
  std::shared_ptr<Waiting> waiting_;
  bool set_ = false;
};

/// Raises this process's limit of open files as far as it may go and tells what it is now. A session takes
/// one file.
std::size_t raise_open_file_limit();

}  // namespace smtpspec::wire
