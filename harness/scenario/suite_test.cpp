// SPDX-License-Identifier: Apache-2.0
#include "scenario/suite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/scratch_folder.hpp"
#include "scenario/selection.hpp"

namespace smtpspec::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string file_of(const std::string& spec, const std::string& section, const std::string& ids,
                    const std::string& more = "") {
  std::string text =
      "spec = \"" + spec + "\"\nsection = \"" + section + "\"\ntitle = \"T\"\nsince = \"0.1\"\n";
  for (const char id : ids) {
    text += "[[scenario]]\nid = \"" + std::string(1, id) + "\"\ntitle = \"X\"\ncovers = [\"R1-1-a\"]\n" +
            more + "steps = [{ send = \"NOOP\", expect = 250 }]\n";
  }
  return text;
}

std::vector<std::string> ids_of(const std::vector<const Case*>& cases) {
  std::vector<std::string> ids;
  for (const auto* one : cases) ids.push_back(one->id);
  return ids;
}

std::vector<std::string> ids_of(const Suite& suite) {
  return ids_of(select(suite, {}).cases);
}

/// Three sections of two RFCs, and a private file.
class Suites : public ::testing::Test {
 protected:
  Suites() {
    folder_.write("rfc5321/4.5.2-transparency.toml",
                  file_of("RFC 5321", "4.5.2", "ba", "tags = [\"dots\"]\n"));
    folder_.write("rfc5321/4.5.10-later.toml", file_of("RFC 5321", "4.5.10", "c", "slow = true\n"));
    folder_.write("rfc821/3.1-mail.toml", file_of("RFC 821", "3.1", "d", "since = \"0.2\"\n"));
    folder_.write("mine.toml", file_of("House rules", "1", "e"));
    folder_.write("requirements/rfc1.toml", "no scenario");
    folder_.write(".hidden/x.toml", "no scenario");
    folder_.write("README.md", "no scenario");
  }

  Suite load() const {
    auto suite = load_suite({folder_.path()});
    if (suite) return std::move(*suite);
    ADD_FAILURE() << base::format(suite.problems());
    return {};
  }

  ScratchFolder folder_;
};

TEST_F(Suites, AreInCatalogueOrder) {
  EXPECT_THAT(ids_of(load()),
              ElementsAre("rfc821/3.1-mail/d", "rfc5321/4.5.2-transparency/b", "rfc5321/4.5.2-transparency/a",
                          "rfc5321/4.5.10-later/c", "mine/e"));
}

TEST_F(Suites, AFileAloneIsCalledByItsName) {
  const auto suite = load_suite({folder_.path() / "rfc5321/4.5.10-later.toml"});
  ASSERT_TRUE(suite) << base::format(suite.problems());
  EXPECT_THAT(ids_of(*suite), ElementsAre("4.5.10-later/c"));
}

TEST_F(Suites, ReportTheProblemsOfAllFiles) {
  folder_.write("a.toml", file_of("RFC 1", "1", "x", "nonsense = 1\n"));
  folder_.write("b.toml", "spec = ");
  const auto suite = load_suite({folder_.path(), folder_.path() / "missing.toml"});
  ASSERT_FALSE(suite);
  ASSERT_EQ(suite.problems().size(), 3u);
  EXPECT_EQ(suite.problems()[0].message, "unknown key 'nonsense' in a scenario");
}

TEST_F(Suites, RefuseAnIdThatTwoFilesShare) {
  const auto suite = load_suite({folder_.path(), folder_.path() / "mine.toml"});
  ASSERT_FALSE(suite);
  EXPECT_EQ(suite.problems().size(), 1u);
}

TEST_F(Suites, AnEmptyFolderIsAProblem) {
  const ScratchFolder empty;
  EXPECT_FALSE(load_suite({empty.path()}));
}

TEST_F(Suites, EachListNarrows) {
  const auto suite = load();
  Selection selection;
  selection.ids = {"rfc5321"};
  selection.exclude = {"*/b"};
  EXPECT_THAT(ids_of(select(suite, selection).cases),
              ElementsAre("rfc5321/4.5.2-transparency/a", "rfc5321/4.5.10-later/c"));
  selection.tags = {"dots"};
  EXPECT_THAT(ids_of(select(suite, selection).cases), ElementsAre("rfc5321/4.5.2-transparency/a"));
  EXPECT_THAT(select(suite, selection).complaints, IsEmpty());
}

TEST_F(Suites, RfcAndSection) {
  const auto suite = load();
  Selection selection;
  selection.rfcs = {"5321/4.5.1"};
  EXPECT_THAT(select(suite, selection).complaints,
              ElementsAre("no case belongs to RFC 5321/4.5.1; write it like 5321 or 5321/4.1"));
  selection.rfcs = {"5321/4.5.2", "RFC821"};
  EXPECT_EQ(select(suite, selection).cases.size(), 3u);
  selection.rfcs = {"5321/4.5"};
  EXPECT_EQ(select(suite, selection).cases.size(), 3u);
}

TEST_F(Suites, LevelsComeFromTheCatalogue) {
  const auto suite = load();
  base::Requirement requirement;
  requirement.id = "R1-1-a";
  requirement.level = "SHOULD";
  Catalogue::Map map;
  map.emplace(requirement.id, requirement);
  const Catalogue catalogue(std::move(map));
  Selection selection;
  selection.levels = {"SHOULD"};
  EXPECT_EQ(select(suite, selection, &catalogue).cases.size(), 5u);
  selection.levels = {"MUTS"};
  EXPECT_THAT(select(suite, selection, &catalogue).complaints,
              ElementsAre("no case checks anything of level 'MUTS'; did you mean 'MUST'?"));
}

TEST_F(Suites, SlowOnesAreLeftOutUnlessNamedWhole) {
  const auto suite = load();
  Selection selection;
  selection.slow = false;
  selection.ids = {"rfc5321/4.5.10-later"};
  EXPECT_THAT(select(suite, selection).cases, IsEmpty());
  EXPECT_THAT(select(suite, selection).complaints, IsEmpty());
  selection.ids = {"rfc5321/4.5.10-later/c"};
  EXPECT_EQ(select(suite, selection).cases.size(), 1u);
}

TEST_F(Suites, AnOlderSuiteHasNoNewerCases) {
  const auto suite = load();
  Selection selection;
  selection.suite = "0.1";
  EXPECT_EQ(select(suite, selection).cases.size(), 4u);
}

TEST_F(Suites, WhatMatchesNothingIsSaidWithTheNearest) {
  const auto suite = load();
  Selection selection;
  selection.ids = {"rfc5321/4.5.2-tranparency"};
  selection.tags = {"dot"};
  selection.exclude = {"nothing/of/the/kind"};
  EXPECT_THAT(
      select(suite, selection).complaints,
      ElementsAre("no case is called 'rfc5321/4.5.2-tranparency'; did you mean 'rfc5321/4.5.2-transparency'?",
                  "no case has the tag 'dot'; did you mean 'dots'?",
                  "no case is called 'nothing/of/the/kind'"));
}

TEST(Bundled, TheSuiteLoads) {
  const auto suite = load_suite({SMTPSPEC_SOURCE_DIR "/scenarios"});
  EXPECT_TRUE(suite) << base::format(suite.problems());
}

}  // namespace
}  // namespace smtpspec::scenario
