// SPDX-License-Identifier: Apache-2.0
#include "gate/expectation.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpspec::gate {
namespace {

using base::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Expectation, SaysWhatWhyAndHowLong) {
  const auto file = parse_expectations(
      "target = \"postfix\"\n"
      "\n"
      "# Debian's default\n"
      "[[expect]]\n"
      "case    = [\"rfc5321/4.5.2/lock-step\", \"*/octet-by-octet/*\"]\n"
      "verdict = [\"fail\", \"crash\"]\n"
      "outcome = \"ended the message*\"\n"
      "reason  = \"a bare LF ends the data\"\n"
      "issue   = \"https://bugs.test/1\"\n"
      "client  = \"stranger\"\n"
      "until   = 2026-12-31\n"
      "[[expect]]\n"
      "requirement = \"R5321-4.1.2-x\"\n"
      "verdict     = \"fail\"\n"
      "reason      = \"TODO: say why\"\n",
      "e.toml");
  ASSERT_TRUE(file) << base::format(file.problems());
  EXPECT_EQ(file->target, "postfix");
  ASSERT_EQ(file->entries.size(), 2u);
  const auto& one = file->entries[0];
  EXPECT_THAT(one.cases, ElementsAre("rfc5321/4.5.2/lock-step", "*/octet-by-octet/*"));
  EXPECT_THAT(one.verdicts, ElementsAre(Verdict::fail, Verdict::crash));
  EXPECT_THAT(one.outcomes, ElementsAre("ended the message*"));
  EXPECT_EQ(one.client, "stranger");
  EXPECT_EQ(one.until, "2026-12-31");
  EXPECT_EQ(place_of(one), "e.toml:4");
  EXPECT_FALSE(is_to_be_written(one.reason));
  EXPECT_EQ(file->entries[1].requirement, "R5321-4.1.2-x");
  EXPECT_TRUE(is_to_be_written(file->entries[1].reason));
}

struct BadFile {
  std::string text;
  std::string says;
};

TEST(Expectation, TellsEveryMistakeWithItsPlace) {
  const std::string good = "[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\nreason = \"r\"\n";
  const BadFile cases[] = {
      {"[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\n", "e.toml:1:1: an entry needs 'reason'"},
      {"[[expect]]\ncase = \"a/b\"\nreason = \"r\"\n", "an entry needs 'verdict'"},
      {"[[expect]]\nverdict = \"fail\"\nreason = \"r\"\n", "an entry needs 'case' or 'requirement'"},
      {"[[expect]]\ncase = \"a/b\"\nrequirement = \"R1\"\nverdict = \"fail\"\nreason = \"r\"\n",
       "e.toml:3:15: an entry names cases or a requirement, not both"},
      {"[[expect]]\ncase = \"a/b\"\nverdict = \"fial\"\nreason = \"r\"\n", "did you mean 'fail'?"},
      {"[[expect]]\ncase = \"a/b\"\nverdict = \"error\"\nreason = \"r\"\n",
       "'error' is no verdict that can be"},
      {"[[expect]]\ncase = \"a/b\"\nverdict = \"pass\"\nreason = \"r\"\n", "what is green anyway"},
      {"[[expect]]\ncase = \"a/b\"\nverdict = []\nreason = \"r\"\n", "an empty list of verdicts"},
      {"[[expect]]\ncase = []\nverdict = \"fail\"\nreason = \"r\"\n", "an empty list of cases"},
      {"[[expect]]\ncase = \"*\"\nverdict = \"fail\"\nreason = \"r\"\n", "names no case in particular"},
      {"[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\nreason = \" \"\n",
       "an empty reason explains nothing"},
      {"[[expect]]\nrequirement = \"R1\"\nverdict = \"blocked\"\nreason = \"r\"\n", "is warn or fail"},
      {good + "client = \"strangr\"\n", "did you mean 'stranger'?"},
      {good + "until = \"2026-12-31\"\n", "'until' must be a date"},
      {good + "resaon = \"r\"\n", "e.toml:5:1: unknown key 'resaon' in an entry"},
      {good + good, "e.toml:5:1: 'a/b' has an entry in line 1 already"},
      {"expect = [{case = \"a/b\"}]\n", "an entry is a block of its own"},
      {"[expect]\ncase = \"a/b\"\n", "an entry is a block of its own"},
      {"[[expected]]\ncase = \"a/b\"\n", "did you mean 'expect'?"},
      {"[[expect\n", "this is not TOML"},
  };
  for (const auto& c : cases) {
    const auto file = parse_expectations(c.text, "e.toml");
    ASSERT_FALSE(file) << c.text;
    EXPECT_THAT(base::format(file.problems()), HasSubstr(c.says)) << c.text;
  }
}

TEST(Expectation, NothingIsExpectedByAnEmptyFile) {
  const auto file = parse_expectations("# nothing yet\n", "e.toml");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->entries.empty());
}

TEST(Expectation, IsAboutATargetAndItsVersions) {
  const struct {
    const char* file;
    const char* target;
    bool is_about;
  } cases[] = {
      {"", "postfix", true},
      {"postfix", "postfix", true},
      {"postfix", "postfix@trixie", true},
      {"postfix@trixie", "postfix@trixie", true},
      {"postfix@trixie", "postfix", false},
      {"postfix", "postfix-normalize", false},
      {"interop", "interop", true},
  };
  for (const auto& c : cases) {
    ExpectationFile file;
    file.target = c.file;
    EXPECT_EQ(is_about(file, c.target), c.is_about) << c.file << " " << c.target;
  }
}

}  // namespace
}  // namespace smtpspec::gate
