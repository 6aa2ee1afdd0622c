// SPDX-License-Identifier: Apache-2.0
#include "cli/shard_options.hpp"

#include <charconv>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace smtpspec::cli {
namespace {

/// How one system tells a process its place.
struct Convention {
  const char* system;
  const char* index;
  const char* total;
  std::uint32_t first;         ///< the index of the first process
  const char* only_where_set;  ///< the variable that shows it is this system; null where the names suffice
};

// The innermost first: a test runner inside a job of a CI system divides again. Others than GitLab count
// CI_NODE_INDEX from 0.
constexpr Convention conventions[] = {
    {"Bazel", "TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", 0, nullptr},
    {"GoogleTest", "GTEST_SHARD_INDEX", "GTEST_TOTAL_SHARDS", 0, nullptr},
    {"Kubernetes", "JOB_COMPLETION_INDEX", "SMTPSPEC_SHARDS", 0, nullptr},
    {"Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0, nullptr},
    {"CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0, nullptr},
    {"GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1, "GITLAB_CI"},
};

std::optional<std::uint32_t> number(const std::string& text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::variant<ChosenShard, BadShard> read(const Convention& how, const std::string& index_text,
                                         const std::string& total_text) {
  const auto index = number(index_text), total = number(total_text);
  const auto said = fmt::format("{}={} {}={} ({})", how.index, index_text, how.total, total_text, how.system);
  const bool is_sound =
      index && total && *index >= how.first && *index - how.first < *total && *total <= result::max_shards;
  if (!is_sound)
    return BadShard{
        fmt::format("--shard auto: {} is no place among shards; the index counts from {} and is "
                    "below or at the last",
                    said, how.first)};
  return ChosenShard{result::Shard{*index - how.first + 1, *total}, said};
}

std::variant<ChosenShard, BadShard> choose_by(const Environment& environment) {
  for (const auto& how : conventions) {
    if (how.only_where_set != nullptr && !environment(how.only_where_set)) continue;
    const auto index = environment(how.index), total = environment(how.total);
    if (index && total) return read(how, *index, *total);
    // GitLab sets the total to 1 and no index where a job is not run in parallel.
    if (!index && total == "1") continue;
    if (index || total)
      return BadShard{fmt::format("--shard auto: {} ({}) is set, but {} is not",
                                  index ? how.index : how.total, how.system, index ? how.total : how.index)};
  }
  return ChosenShard{std::nullopt, "no variable of a CI system names a shard: all cases are played"};
}

}  // namespace

Environment own_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return std::string(value);
  };
}

std::variant<ChosenShard, BadShard> choose_shard(const std::string& option, const Environment& environment) {
  if (option.empty()) return ChosenShard{};
  if (option == "auto") return choose_by(environment);
  const auto shard = result::parse_shard(option);
  if (!shard)
    return BadShard{
        fmt::format("--shard: '{}' is no shard; write I/N with I from 1 to N (at most {}), or auto", option,
                    result::max_shards)};
  return ChosenShard{*shard, "--shard"};
}

std::vector<const scenario::Case*> cases_of(const result::Shard& shard,
                                            const std::vector<const scenario::Case*>& cases) {
  std::vector<const scenario::Case*> own;
  for (const auto* one : cases) {
    if (result::shard_of(one->id, shard.total) == shard.index) own.push_back(one);
  }
  return own;
}

std::vector<std::string> plan_of(const std::vector<const scenario::Case*>& cases) {
  std::vector<std::string> plan;
  for (const auto* one : cases) plan.push_back(one->id);
  return plan;
}

void acknowledge_sharding(const Environment& environment) {
  if (const auto path = environment("TEST_SHARD_STATUS_FILE")) std::ofstream(*path, std::ios::app);
}

}  // namespace smtpspec::cli
