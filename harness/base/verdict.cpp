// SPDX-License-Identifier: Apache-2.0
#include "base/verdict.hpp"

#include <array>
#include <cstddef>

namespace smtpspec::base {
namespace {

constexpr std::array<std::string_view, 8> words{"pass", "info",    "unsupported", "warn",
                                                "fail", "blocked", "crash",       "error"};

}  // namespace

std::string_view to_string(Verdict verdict) {
  return words[static_cast<std::size_t>(verdict)];
}

std::optional<Verdict> parse_verdict(std::string_view word) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) return static_cast<Verdict>(i);
  }
  return std::nullopt;
}

}  // namespace smtpspec::base
