// SPDX-License-Identifier: Apache-2.0
#include "cli/instances.hpp"

#include <deque>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/shard_options.hpp"

namespace smtpspec::cli {
namespace {

using Kind = target::Target::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

/// So many cases, and a target of each kind.
class InstancesTest : public testing::Test {
 protected:
  void plan(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto& one = suite_.emplace_back();
      one.id = fmt::format("rfc5321/4.1-commands/case-{}", i);
      cases.push_back(&one);
    }
  }

  static std::vector<target::Target> one_of_each_kind() {
    std::vector<target::Target> targets(4);
    const Kind kinds[] = {Kind::started, Kind::running, Kind::embedded, Kind::client};
    for (std::size_t i = 0; i < targets.size(); ++i) targets[i].kind = kinds[i];
    return targets;
  }

  result::Run played(const Instance& instance) const {
    result::Run run;
    for (const auto* one : cases_of(instance.shard, cases)) run.cases.emplace_back().id = one->id;
    return run;
  }

  std::vector<const scenario::Case*> cases;

 private:
  std::deque<scenario::Case> suite_;
};

TEST_F(InstancesTest, OnlyWhatWeStartIsThereMoreThanOnce) {
  plan(100);
  std::map<std::size_t, int> count;
  for (const auto& one : instances_of(one_of_each_kind(), cases, 3)) ++count[one.target];
  EXPECT_THAT(count, ElementsAre(std::pair(0, 3), std::pair(1, 1), std::pair(2, 1), std::pair(3, 1)));
}

TEST_F(InstancesTest, NoneIsStartedForNothing) {
  plan(2);
  for (const auto& one : instances_of({one_of_each_kind().front()}, cases, 8))
    EXPECT_THAT(cases_of(one.shard, cases), testing::Not(IsEmpty()));
}

TEST_F(InstancesTest, TogetherTheyPlayEachCaseOnceInTheOrderOfThePlan) {
  plan(100);
  std::vector<result::Run> parts;
  for (const auto& one : instances_of({one_of_each_kind().front()}, cases, 4)) parts.push_back(played(one));
  ASSERT_EQ(parts.size(), 4u);
  const auto run = joined(std::move(parts), cases);
  ASSERT_EQ(run.cases.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) EXPECT_EQ(run.cases[i].id, cases[i]->id);
  EXPECT_EQ(run.options.at("instances"), "4");
  EXPECT_EQ(run.shard, "");
  EXPECT_THAT(run.plan, IsEmpty());
}

TEST_F(InstancesTest, OneAloneStaysAsItIs) {
  plan(3);
  const auto alone = instances_of(one_of_each_kind(), cases, 1).front();
  const auto run = joined({played(alone)}, cases);
  EXPECT_EQ(run.cases.size(), 3u);
  EXPECT_THAT(run.options, IsEmpty());
}

TEST_F(InstancesTest, TheyHaveTheCasesAtOnceOfOneTogether) {
  const auto target = one_of_each_kind().front();
  engine::RunOptions options;
  options.jobs = 8;
  EXPECT_EQ(options_of({0, {1, 2}}, target, options).jobs, 4u);
  EXPECT_EQ(options_of({0, {1, 16}}, target, options).jobs, 1u);
}

}  // namespace
}  // namespace smtpspec::cli
