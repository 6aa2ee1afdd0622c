// SPDX-License-Identifier: Apache-2.0
#include "cli/shard_options.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpspec::cli {
namespace {

using testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

Environment environment_of(Variables variables) {
  return [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

struct AutoCase {
  Variables variables;
  std::optional<result::Shard> shard;
  std::string said_by;
};

TEST(ShardOptions, AutoAsksTheCiSystemTheInnermostFirst) {
  using result::Shard;
  const AutoCase cases[] = {
      {{{"TEST_SHARD_INDEX", "0"}, {"TEST_TOTAL_SHARDS", "4"}}, Shard{1, 4}, "Bazel"},
      {{{"GTEST_SHARD_INDEX", "3"}, {"GTEST_TOTAL_SHARDS", "4"}}, Shard{4, 4}, "GoogleTest"},
      {{{"JOB_COMPLETION_INDEX", "2"}, {"SMTPSPEC_SHARDS", "5"}}, Shard{3, 5}, "Kubernetes"},
      {{{"BUILDKITE_PARALLEL_JOB", "1"}, {"BUILDKITE_PARALLEL_JOB_COUNT", "2"}}, Shard{2, 2}, "Buildkite"},
      {{{"CIRCLE_NODE_INDEX", "0"}, {"CIRCLE_NODE_TOTAL", "1"}}, Shard{1, 1}, "CircleCI"},
      {{{"GITLAB_CI", "true"}, {"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "3"}}, Shard{1, 3}, "GitLab"},
      {{{"GITLAB_CI", "true"}, {"CI_NODE_INDEX", "3"}, {"CI_NODE_TOTAL", "3"}}, Shard{3, 3}, "GitLab"},
      {{{"GITLAB_CI", "true"}, {"CI_NODE_TOTAL", "1"}}, std::nullopt, "all cases"},
      {{{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "3"}}, std::nullopt, "all cases"},
      {{{"GITLAB_CI", "true"},
        {"CI_NODE_INDEX", "1"},
        {"CI_NODE_TOTAL", "3"},
        {"GTEST_SHARD_INDEX", "1"},
        {"GTEST_TOTAL_SHARDS", "2"}},
       Shard{2, 2},
       "GoogleTest"},
      {{}, std::nullopt, "all cases"},
  };
  for (const auto& c : cases) {
    const auto chosen = choose_shard("auto", environment_of(c.variables));
    const auto* good = std::get_if<ChosenShard>(&chosen);
    ASSERT_NE(good, nullptr) << std::get<BadShard>(chosen).message;
    EXPECT_EQ(good->shard, c.shard) << c.said_by;
    EXPECT_THAT(good->said_by, HasSubstr(c.said_by));
  }
}

TEST(ShardOptions, HalfAPlaceIsAnError) {
  const Variables cases[] = {
      {{"JOB_COMPLETION_INDEX", "2"}},
      {{"TEST_TOTAL_SHARDS", "4"}},
      {{"GTEST_SHARD_INDEX", "4"}, {"GTEST_TOTAL_SHARDS", "4"}},
      {{"GTEST_SHARD_INDEX", "x"}, {"GTEST_TOTAL_SHARDS", "4"}},
      {{"GITLAB_CI", "true"}, {"CI_NODE_INDEX", "0"}, {"CI_NODE_TOTAL", "3"}},
      {{"GITLAB_CI", "true"}, {"CI_NODE_TOTAL", "3"}},
      {{"CIRCLE_NODE_INDEX", "0"}, {"CIRCLE_NODE_TOTAL", "0"}},
  };
  for (const auto& variables : cases)
    EXPECT_TRUE(std::holds_alternative<BadShard>(choose_shard("auto", environment_of(variables))));
  const auto bad = choose_shard("auto", environment_of(cases[0]));
  EXPECT_EQ(std::get<BadShard>(bad).message,
            "--shard auto: JOB_COMPLETION_INDEX (Kubernetes) is set, but SMTPSPEC_SHARDS is not");
}

TEST(ShardOptions, AWrittenShardAsksNobody) {
  const auto environment = environment_of({{"GTEST_SHARD_INDEX", "1"}});
  EXPECT_EQ(std::get<ChosenShard>(choose_shard("2/3", environment)).shard, (result::Shard{2, 3}));
  EXPECT_EQ(std::get<ChosenShard>(choose_shard("", environment)).shard, std::nullopt);
  EXPECT_TRUE(std::holds_alternative<BadShard>(choose_shard("4/3", environment)));
}

}  // namespace
}  // namespace smtpspec::cli
