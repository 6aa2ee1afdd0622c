// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "result/shard.hpp"
#include "scenario/model.hpp"

namespace smtpspec::cli {

/// A variable of the environment, if it is set and not empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;
Environment own_environment();

/// Which part of the cases to play, and who said so.
struct ChosenShard {
  std::optional<result::Shard> shard;  ///< nothing: all of them
  std::string said_by;                 ///< "--shard", or the variables that won; a sentence where none is set
};

struct BadShard {
  std::string message;
};

/// `--shard I/N`, or `--shard auto`: what the CI system says, the innermost first. An index without a total,
/// or a total without an index, is an error, for else each process would play everything or nothing.
std::variant<ChosenShard, BadShard> choose_shard(const std::string& option, const Environment& environment);

/// The cases that fall to this shard, in their order.
std::vector<const scenario::Case*> cases_of(const result::Shard& shard,
                                            const std::vector<const scenario::Case*>& cases);

/// What the shards of a run are merged by: the ids of all its cases.
std::vector<std::string> plan_of(const std::vector<const scenario::Case*>& cases);

/// Tells Bazel that sharding is understood ($TEST_SHARD_STATUS_FILE); without it Bazel takes the test for one
/// that plays all cases in each shard.
void acknowledge_sharding(const Environment& environment);

}  // namespace smtpspec::cli
