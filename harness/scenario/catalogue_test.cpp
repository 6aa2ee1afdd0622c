// SPDX-License-Identifier: Apache-2.0
#include "scenario/catalogue.hpp"

#include <gtest/gtest.h>

#include "scenario/scratch_folder.hpp"

namespace smtpspec::scenario {
namespace {

using base::Verdict;

TEST(Catalogue, TheBundledOneLoadsWhole) {
  const auto catalogue =
      load_catalogue(std::filesystem::path(SMTPSPEC_SOURCE_DIR) / "scenarios/requirements");
  ASSERT_TRUE(catalogue) << base::format(catalogue.problems());
  EXPECT_GE(catalogue->requirements().size(), 1175u);
  const auto* requirement = catalogue->find("R5321-4.5.2-b");
  ASSERT_NE(requirement, nullptr);
  EXPECT_EQ(requirement->rfc, "5321");
  EXPECT_EQ(requirement->section, "4.5.2");
  EXPECT_FALSE(requirement->gist.empty());
}

TEST(Catalogue, WhatBindsNoServerOrIsReplacedNeverFails) {
  const auto catalogue =
      load_catalogue(std::filesystem::path(SMTPSPEC_SOURCE_DIR) / "scenarios/requirements");
  ASSERT_TRUE(catalogue);
  for (const auto& [id, requirement] : catalogue->requirements()) {
    if (!binds_target(requirement, Role::client)) {
      EXPECT_EQ(requirement.worst, Verdict::info) << id;
    } else if (!requirement.superseded_by.empty()) {
      EXPECT_LE(requirement.worst, Verdict::warn) << id;
    }
  }
}

constexpr auto two = R"(rfc = "1"
[[requirement]]
id = "R1-2.3-a"
level = "MUST"
party = "both"
testable = "no"
worst = "fail"
gist = "x"
[[requirement]]
id = "R1-2.3-b"
level = "SHOULD"
party = "sender/client"
testable = "no"
worst = "-"
gist = "y"
)";

TEST(Catalogue, TheStrictestRequirementDecides) {
  const ScratchFolder folder;
  folder.write("rfc1.toml", two);
  const auto catalogue = load_catalogue(folder.path());
  ASSERT_TRUE(catalogue) << base::format(catalogue.problems());
  EXPECT_EQ(catalogue->worst_of({"R1-2.3-b"}, Role::client), Verdict::info);
  EXPECT_EQ(catalogue->worst_of({"R1-2.3-b", "R1-2.3-a"}, Role::client), Verdict::fail);
  EXPECT_EQ(catalogue->worst_of({}, Role::client), Verdict::fail);
  EXPECT_EQ(catalogue->nearest("R1-2.3.a"), "R1-2.3-a");
}

TEST(Catalogue, ReportsAllProblemsOfAllFilesAtOnce) {
  const ScratchFolder folder;
  folder.write("rfc1.toml", std::string(two) +
                                "[[requirement]]\nid = \"R1-2.3-a\"\nlevel = \"MOST\"\nparty = \"both\"\n"
                                "worst = \"fail\"\ngist = \"x\"\n");
  folder.write("rfc2.toml",
               "rfc = \"2\"\n[[requirement]]\nid = \"R1-1-a\"\nlevel = \"MUST\"\nparty = \"both\"\n"
               "worst = \"fail\"\ngits = \"x\"\n");
  const auto catalogue = load_catalogue(folder.path());
  ASSERT_FALSE(catalogue);
  std::string said;
  for (const auto& problem : catalogue.problems()) {
    said += std::to_string(problem.position.line) + ": " + problem.message + "\n";
  }
  EXPECT_EQ(said,
            "18: 'MOST' is no value of 'level'\n"
            "17: the id 'R1-2.3-a' was used before\n"
            "3: 'R1-1-a' is no id of RFC 2\n"
            "2: a requirement needs 'gist'\n"
            "7: unknown key 'gits' in a requirement\n");
}

TEST(Catalogue, AMissingFolderIsAProblemNotACrash) {
  const auto catalogue = load_catalogue("/nonexistent/requirements");
  ASSERT_FALSE(catalogue);
  EXPECT_EQ(catalogue.problems().front().position.file, "/nonexistent/requirements");
}

}  // namespace
}  // namespace smtpspec::scenario
