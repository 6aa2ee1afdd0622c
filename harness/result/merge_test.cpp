// SPDX-License-Identifier: Apache-2.0
#include "result/merge.hpp"

#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "result/shard.hpp"

namespace smtpspec::result {
namespace {

using testing::HasSubstr;

const std::vector<std::string> invariant_ids = {"invariants/first", "invariants/second"};

CaseResult invariant(const std::string& id, std::uint64_t looked_at, std::uint64_t broken) {
  CaseResult made;
  made.id = id;
  made.looked_at = looked_at;
  made.broken = broken;
  made.verdict = broken > 0 ? Verdict::fail : Verdict::pass;
  made.requirement_verdicts = {{"R1", made.verdict}};
  for (std::uint64_t i = 0; i < broken; ++i)
    made.findings.push_back({made.verdict, {"R1"}, "seen", "", "", "", 0, 0, "", 0});
  name_breaches(made);
  return made;
}

Run whole_run() {
  Run run;
  run.suite_version = "1";
  run.started = "2026-06-15T12:00:00Z";
  run.target.name = "mine";
  run.target.banner = "220 here\r\n";
  run.target.address = "smtp://127.0.0.1:25";
  run.options = {{"client", "stranger"}, {"seed", "1"}};
  for (int i = 0; i < 40; ++i) {
    CaseResult made;
    made.id = "a/b/case-" + std::to_string(i);
    made.verdict = Verdict::pass;
    run.cases.push_back(made);
  }
  run.requirements.resize(1);
  run.requirements[0].id = "R1";
  return run;
}

std::vector<ShardRun> shards_of(const Run& whole, std::uint32_t total) {
  std::vector<ShardRun> shards;
  for (std::uint32_t index = 1; index <= total; ++index) {
    auto run = whole;
    run.shard = to_string({index, total});
    run.cases.clear();
    for (const auto& one : whole.cases) {
      run.plan.push_back(one.id);
      if (shard_of(one.id, total) == index) run.cases.push_back(one);
    }
    shards.push_back({"s" + std::to_string(index), std::move(run)});
  }
  return shards;
}

TEST(Merge, GivesTheWholeRunBackWhateverTheOrder) {
  const auto whole = whole_run();
  auto shards = shards_of(whole, 4);
  std::swap(shards[0], shards[3]);
  const auto merged = merge_shards(shards, invariant_ids);
  ASSERT_TRUE(std::holds_alternative<result::Run>(merged)) << std::get<NotOneRun>(merged).message;
  EXPECT_EQ(std::get<result::Run>(merged), whole);
}

TEST(Merge, AnEmptyShardIsOneOfThem) {
  const auto whole = whole_run();
  const auto merged = merge_shards(shards_of(whole, 200), invariant_ids);
  ASSERT_TRUE(std::holds_alternative<result::Run>(merged)) << std::get<NotOneRun>(merged).message;
  EXPECT_EQ(std::get<result::Run>(merged), whole);
}

TEST(Merge, InvariantsAreCountedOverAllShards) {
  auto shards = shards_of(whole_run(), 2);
  shards[0].run.cases.push_back(invariant("invariants/second", 10, 0));
  shards[1].run.cases.push_back(invariant("invariants/first", 3, 1));
  shards[1].run.cases.push_back(invariant("invariants/second", 5, 2));
  const auto run = std::get<result::Run>(merge_shards(shards, invariant_ids));
  ASSERT_EQ(run.cases.size(), 42u);
  EXPECT_EQ(run.cases[40].id, "invariants/first");
  const auto& second = run.cases[41];
  EXPECT_EQ(second.verdict, Verdict::fail);
  EXPECT_EQ(second.outcome, "broken");
  EXPECT_EQ(second.reason, "broken in 2 of 15 replies");
  EXPECT_EQ(second.findings.size(), 2u);
  EXPECT_EQ(second.requirement_verdicts, (std::vector<RequirementVerdict>{{"R1", Verdict::fail}}));
}

TEST(Merge, AShardThatHadNowhereToLookForAnInvariantSaysNothingOfIt) {
  CaseResult nowhere = invariant("invariants/first", 0, 0);
  nowhere.verdict = Verdict::unsupported;
  nowhere.reason = "nowhere to look";
  auto alone = shards_of(whole_run(), 2);
  for (auto& shard : alone) shard.run.cases.push_back(nowhere);
  EXPECT_EQ(std::get<result::Run>(merge_shards(alone, invariant_ids)).cases.back(), nowhere);
  for (const std::size_t looking : {0, 1}) {
    auto shards = shards_of(whole_run(), 2);
    const auto seen = invariant("invariants/first", 3, 0);
    shards[looking].run.cases.push_back(seen);
    shards[1 - looking].run.cases.push_back(nowhere);
    EXPECT_EQ(std::get<result::Run>(merge_shards(shards, invariant_ids)).cases.back(), seen);
  }
}

struct Refusal {
  std::function<void(std::vector<ShardRun>&)> spoil;
  std::string says;
};

TEST(Merge, RefusesWhatIsNotOneRun) {
  using Shards = std::vector<ShardRun>;
  const Refusal refusals[] = {
      {[](Shards& s) { s.clear(); }, "nothing to merge"},
      {[](Shards& s) { s.erase(s.begin() + 1); }, "shard 2 of 3 is missing"},
      {[](Shards& s) { s.push_back(s[0]); }, "s1 and s1 are both shard 1/3"},
      {[](Shards& s) { s[1].run.shard = ""; }, "s2 is no shard"},
      {[](Shards& s) { s[1].run.shard = "2/4"; }, "s1 is one of 3 shards, s2 one of 4"},
      {[](Shards& s) { s[1].run.suite_version = "2"; }, "the suite differs: '1' in s1, '2' in s2"},
      {[](Shards& s) { s[1].run.target.name = "other"; }, "the target differs"},
      {[](Shards& s) { s[1].run.options["strict"] = "true"; },
       "the option strict differs: '' in s1, 'true' in s2"},
      {[](Shards& s) { s[1].run.plan.push_back("a/b/new"); },
       "s1 and s2 are of different plans (40 and 41 cases)"},
      {[](Shards& s) { s[1].run.expectations.text = "#"; }, "different texts"},
      {[](Shards& s) { s[1].run.cases.pop_back(); }, "s2 lacks the case"},
      {[](Shards& s) { s[1].run.cases.push_back(s[0].run.cases[0]); }, "which is not its own"},
  };
  for (const auto& refusal : refusals) {
    auto shards = shards_of(whole_run(), 3);
    refusal.spoil(shards);
    const auto merged = merge_shards(shards, invariant_ids);
    ASSERT_TRUE(std::holds_alternative<NotOneRun>(merged)) << refusal.says;
    EXPECT_THAT(std::get<NotOneRun>(merged).message, HasSubstr(refusal.says));
  }
}

TEST(Merge, WhatEachProcessChoseForItselfMayDiffer) {
  auto shards = shards_of(whole_run(), 2);
  shards[1].run.options["seed"] = "2";
  shards[1].run.options["jobs"] = "4";
  EXPECT_TRUE(std::holds_alternative<result::Run>(merge_shards(shards, invariant_ids)));
}

}  // namespace
}  // namespace smtpspec::result
