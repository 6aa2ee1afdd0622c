// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "result/model.hpp"

namespace smtpspec::result {

/// One shard's run and the file it was read from.
struct ShardRun {
  std::string file;
  Run run;
};

/// Why shards don't make one run, in a sentence that names the files.
struct NotOneRun {
  std::string message;
};

/// Puts the shards of one run together as if it had been played by one process: cases in the order of the
/// plan, then the invariants, counted over all shards, in the order of `invariant_ids`. Refuses a missing and
/// a repeated shard, a shard that lacks a case, and shards of different plans, targets, versions or options.
/// It took as long as the longest of them.
std::variant<Run, NotOneRun> merge_shards(std::vector<ShardRun> shards,
                                          const std::vector<std::string>& invariant_ids);

/// How many places an invariant names.
inline constexpr std::size_t most_places = 20;

/// Outcome and reason of an invariant from its counts.
void name_breaches(CaseResult& invariant);

}  // namespace smtpspec::result
