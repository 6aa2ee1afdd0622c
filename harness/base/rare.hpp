// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

namespace smtpspec::base {

/// A member that few objects have and that would make all of them large: used as std::optional is, but it
/// takes the place of a pointer until it is there. A copy has its own.
template <typename T>
class Rare {
 public:
  Rare() = default;
  Rare(T value) : held_(std::make_unique<T>(std::move(value))) {}
  Rare(const Rare& other) : held_(other ? std::make_unique<T>(*other) : nullptr) {}
  Rare(Rare&&) noexcept = default;
  Rare& operator=(Rare other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }
  ~Rare() = default;

  T& emplace() { return *(held_ = std::make_unique<T>()); }

  explicit operator bool() const { return held_ != nullptr; }
  T& operator*() { return *held_; }
  const T& operator*() const { return *held_; }
  T* operator->() { return held_.get(); }
  const T* operator->() const { return held_.get(); }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace smtpspec::base
