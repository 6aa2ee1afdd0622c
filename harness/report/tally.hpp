// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "base/verdict.hpp"
#include "result/model.hpp"

namespace smtpspec::report {

/// The order in which every report names verdicts.
inline constexpr std::array<base::Verdict, 8> verdict_order{
    base::Verdict::pass,        base::Verdict::warn,    base::Verdict::fail,  base::Verdict::info,
    base::Verdict::unsupported, base::Verdict::blocked, base::Verdict::crash, base::Verdict::error};

/// How many cases have each verdict.
class Tally {
 public:
  explicit Tally(const result::Run& run) {
    for (const auto& result : run.cases) ++counts_[static_cast<std::size_t>(result.verdict)];
  }
  std::size_t operator[](base::Verdict verdict) const { return counts_[static_cast<std::size_t>(verdict)]; }

 private:
  std::array<std::size_t, verdict_order.size()> counts_{};
};

}  // namespace smtpspec::report
