// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "result/model.hpp"

namespace smtpspec::report {

/// True for a run of `smtpspec interop`: its cases are pairs of servers and messages.
bool is_interop(const result::Run& run);

/// What stands in the id of such a case: `interop/SENDER/RECEIVER/MESSAGE`.
struct InteropId {
  std::string sender;
  std::string receiver;
  std::string message;
};
InteropId interop_id(std::string_view id);

/// The cases of one pair.
struct InteropCell {
  std::vector<std::size_t> cases;  ///< places in the run
};

/// A run as a matrix: senders down, receivers across. Borrows nothing.
struct InteropGrid {
  std::vector<std::string> senders;
  std::vector<std::string> receivers;
  std::vector<std::vector<InteropCell>> cells;  ///< by sender, then receiver
};
InteropGrid interop_grid(const result::Run& run);

/// How many of a cell's cases have each verdict, as in "✗ 2  ✓ 50  i 5": the worst first. Without `symbols`
/// in words. Pass and info alone make a cell good.
std::string cell_text(const result::Run& run, const InteropCell& cell);

/// The worst verdict of a cell; pass when it is empty.
base::Verdict worst_of(const result::Run& run, const InteropCell& cell);

}  // namespace smtpspec::report
