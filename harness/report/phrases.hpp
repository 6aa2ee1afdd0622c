// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace smtpspec::report {

/// The texts that a page says more than once, so that it holds each of them once. First count() every text,
/// then order() once, then look them up.
class Phrases {
 public:
  void count(const std::string& text) { ++uses_[text].times; }

  /// Numbers what was counted twice or more, the most frequent first. A text that is hardly longer than its
  /// number has none.
  void order();

  /// The number of a text, or none when it stands for itself.
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t number(const std::string& text) const;

  /// By number.
  const std::vector<std::string>& all() const { return ordered_; }

 private:
  struct Use {
    std::size_t times = 0;
    std::size_t number = none;
  };
  std::unordered_map<std::string, Use> uses_;
  std::vector<std::string> ordered_;
};

}  // namespace smtpspec::report
