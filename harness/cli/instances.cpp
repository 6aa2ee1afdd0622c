// SPDX-License-Identifier: Apache-2.0
#include "cli/instances.hpp"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "cli/shard_options.hpp"
#include "engine/invariants.hpp"
#include "result/merge.hpp"

namespace smtpspec::cli {
namespace {

using Cases = std::vector<const scenario::Case*>;

// How many, at most so many, that each has a case.
std::uint32_t most_with_cases(const Cases& cases, std::uint32_t count) {
  for (; count > 1; --count) {
    std::set<std::uint32_t> busy;
    for (const auto* one : cases) busy.insert(result::shard_of(one->id, count));
    if (busy.size() == count) break;
  }
  return std::max(count, 1u);
}

}  // namespace

std::vector<Instance> instances_of(const std::vector<target::Target>& targets, const Cases& cases,
                                   std::uint32_t count) {
  const auto of_started = most_with_cases(cases, count);
  std::vector<Instance> instances;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto total = targets[i].kind == target::Target::Kind::started ? of_started : 1;
    for (std::uint32_t index = 1; index <= total; ++index) instances.push_back({i, {index, total}});
  }
  return instances;
}

engine::RunOptions options_of(const Instance& instance, const target::Target& target,
                              engine::RunOptions options) {
  const auto all = engine::cases_at_once(target, options);
  options.jobs = std::max<std::size_t>(all / instance.shard.total, 1);
  return options;
}

result::Run joined(std::vector<result::Run> parts, const Cases& cases) {
  if (parts.size() == 1) return std::move(parts.front());
  const auto total = static_cast<std::uint32_t>(parts.size());
  const auto plan = plan_of(cases);
  std::vector<result::ShardRun> shards;
  for (std::uint32_t index = 1; index <= total; ++index) {
    auto& part = parts[index - 1];
    part.shard = result::to_string(result::Shard{index, total});
    part.plan = plan;
    shards.push_back({fmt::format("instance {}", index), std::move(part)});
  }
  auto merged = result::merge_shards(std::move(shards), engine::Invariants::ids());
  assert(std::holds_alternative<result::Run>(merged));
  auto run = std::get<result::Run>(std::move(merged));
  run.options["instances"] = std::to_string(total);
  return run;
}

}  // namespace smtpspec::cli
