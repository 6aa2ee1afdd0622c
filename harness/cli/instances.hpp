// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/run.hpp"
#include "result/model.hpp"
#include "result/shard.hpp"
#include "scenario/model.hpp"
#include "target/target.hpp"

namespace smtpspec::cli {

/// One of the instances of a target that share its cases, as the shards of a run do.
struct Instance {
  std::size_t target = 0;  ///< index in the list of targets
  result::Shard shard;     ///< 1/1 where there is one alone
};

/// So many instances of each server that we start, and one of every other target. Fewer where one of them
/// would have no case to play. Those of a target stand together.
std::vector<Instance> instances_of(const std::vector<target::Target>& targets,
                                   const std::vector<const scenario::Case*>& cases, std::uint32_t count);

/// The options for an instance of this target: all of them together have as many cases at once as one alone.
engine::RunOptions options_of(const Instance& instance, const target::Target& target,
                              engine::RunOptions options);

/// The run of a target from those of all its instances, one or more, in their order.
result::Run joined(std::vector<result::Run> parts, const std::vector<const scenario::Case*>& cases);

}  // namespace smtpspec::cli
