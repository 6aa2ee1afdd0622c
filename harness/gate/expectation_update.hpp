// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "gate/expectation_text.hpp"
#include "result/model.hpp"

/// Keeps an expectation file in step with what was seen. All runs are of one target; several of one client
/// tell which cases are not steady.
namespace smtpspec::gate {

struct UpdateOptions {
  bool pin_outcomes = false;        ///< new entries say how a case deviates
  std::set<std::string> known_ids;  ///< of the suite, besides those of the runs
};

/// What was done, and what a person must do: a line each.
struct UpdateReport {
  std::vector<std::string> done;
  std::vector<std::string> left;  ///< an expired entry, an `error`
};

/// Adds an entry for every case that is red without one, and mends the verdicts of entries that name one
/// case. Never takes anything away, so that after it only `unexpected-pass` is red, which is prune's.
UpdateReport update(ExpectationText& text, const std::vector<result::Run>& runs,
                    const UpdateOptions& options);

/// Takes out what no run shows any more: entries, or single cases of them. An entry whose cases no run played
/// stays, but for a case that is no longer in the suite.
UpdateReport prune(ExpectationText& text, const std::vector<result::Run>& runs,
                   const std::set<std::string>& known_ids);

}  // namespace smtpspec::gate
