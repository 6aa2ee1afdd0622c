// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "gate/decision.hpp"
#include "gate/expectation.hpp"
#include "result/model.hpp"

namespace smtpspec::gate {

/// What one entry did in a run. An entry for another client has nothing to do.
struct EntryUse {
  bool of_another_client = false;
  std::vector<std::size_t> matched;  ///< cases that it speaks of
  std::vector<std::size_t> decided;  ///< those of them for which no entry was more specific
  std::vector<std::size_t> holds;    ///< those of them that are as expected
};

/// Which entry speaks of which case, and whether it holds. Index by index as the run's cases and the file's
/// entries.
struct Held {
  std::vector<CaseDecision> cases;
  std::vector<EntryUse> entries;
};

/// Holds every verdict of a run against the file. `alone` is what the verdicts and the policy say without it;
/// where no entry speaks of a case it stands.
///
/// Of the entries that name a case the most specific one decides: the id itself before a prefix or glob, of
/// those the one with more letters, then the one that names a client. Only where none names the case do
/// entries for requirements count: the case is as expected when each of its requirements that would make it
/// red has one.
///
/// A part of a run, a shard, or a run that was cut short never shows that an invariant or a requirement is
/// mended.
Held hold(const result::Run& run, const ExpectationFile& file, std::vector<CaseDecision> alone,
          const Policy& policy);

/// All cases that a run without filters plays are in it.
bool is_whole(const result::Run& run);

/// The run has all that the entry speaks of: where it does not show what is expected nothing does. An entry
/// for disruptive or slow cases alone is asked for only in a run that has these, too.
bool could_show(const result::Run& run, const Expectation& entry, const EntryUse& use);

}  // namespace smtpspec::gate
