// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "gate/expectation.hpp"
#include "result/model.hpp"

/// From single deviations to few entries.
namespace smtpspec::gate {

/// A case that needs an entry.
struct Deviation {
  const result::Run* run = nullptr;  ///< one in which it shows
  const result::CaseResult* result = nullptr;
  std::set<base::Verdict> verdicts;  ///< all that were seen
  std::string client;                ///< the entry's; empty for every client
  std::string outcome;               ///< to be pinned; empty pins nothing
};

/// Entries that account for all of the deviations, in their order, and for no case that was seen not to
/// deviate so. Those of one section that break the same requirements with the same verdicts make one entry;
/// where every row of a scenario is among them it is named by the scenario's id. Where one requirement is
/// broken in several sections, and in every case of `runs` that covers it, the entry names the requirement.
/// The reason is a place-holder with what was found.
std::vector<Expectation> group(const std::vector<Deviation>& deviations, const std::vector<result::Run>& runs,
                               const std::set<std::string>& known_ids);

/// The shortest list for these ids: a scenario's id stands for its rows where all that are known are among
/// them.
std::vector<std::string> patterns_for(const std::set<std::string>& ids,
                                      const std::set<std::string>& known_ids);

}  // namespace smtpspec::gate
