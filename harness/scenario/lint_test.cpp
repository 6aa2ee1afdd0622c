// SPDX-License-Identifier: Apache-2.0
#include "scenario/lint.hpp"

#include <gtest/gtest.h>

#include "scenario/loader.hpp"

namespace smtpspec::scenario {
namespace {

using base::Requirement;
using base::Verdict;

Catalogue catalogue() {
  Catalogue::Map map;
  const auto add = [&map](const std::string& id, const std::string& party, Verdict worst) {
    Requirement requirement;
    requirement.id = id;
    requirement.party = party;
    requirement.worst = worst;
    map.emplace(id, requirement);
  };
  add("R1-1-a", "receiver/server", Verdict::fail);
  add("R1-1-b", "receiver/server", Verdict::info);
  add("R1-1-c", "sender/client", Verdict::info);
  return Catalogue(std::move(map));
}

/// What lint says of one scenario with these lines, which begin at line 8: "line:column message".
std::string said(const std::string& lines, const std::string& covers = "R1-1-a") {
  auto file = load_text(
      "spec = \"RFC 1\"\nsection = \"1\"\ntitle = \"T\"\n[[scenario]]\nid = \"x\"\ntitle = \"X\"\ncovers = "
      "[\"" +
          covers + "\"]\n" + lines + "\n",
      "s.toml", "p");
  if (!file) return base::format(file.problems());
  Suite suite;
  suite.cases = file->cases;
  suite.remarks = file->remarks;
  std::string text;
  for (const auto& remark : lint(suite, catalogue())) {
    text += std::to_string(remark.position.line) + ":" + std::to_string(remark.position.column) + " " +
            remark.message + "\n";
  }
  return text;
}

struct LintCase {
  const char* lines;
  const char* said;
};

TEST(Lint, FindsWhatLoadsButIsWrong) {
  const std::vector<LintCase> table{
      {R"(steps = [{ send = "NOOP", expect = 250 }])", ""},
      // Escapes that would go out as a backslash and a letter.
      {R"(steps = [{ send_raw = 'NOOP\\r\\n', expect = 250 }])",
       "8:28 '\\\\r' is a backslash and a letter, not an escape\n"},
      {R"(steps = [{ send_raw = "NOOP\\\\n", expect = 250 }])",
       "8:28 '\\\\n' is a backslash and a letter, not an escape\n"},
      {R"(steps = [{ send_raw = 'RCPT TO:<"a\x5Cr"@x>\r\n', expect = 250 }])", ""},
      {R"(steps = [{ send = 'NOOP\r\n', expect = 250 }])",
       "8:19 this line has an ending of its own, and 'send' adds CRLF\n"},
      // Columns.
      {"each = [{ name = \"a\", used = \"1\", spare = \"2\" }]\nsteps = [{ send = \"NOOP {used}\", expect = "
       "250 }]",
       "8:43 no string uses the column 'spare'\n"},
      // Variables.
      {R"(steps = [{ send = "NOOP {tokn}", expect = 250 }])", "8:26 nothing sets the variable 'tokn'\n"},
      {R"(steps = [{ send = "NOOP {ehlo.SIZE}", expect = 250 }])",
       "8:26 'ehlo.SIZE' is not there where the target does not offer SIZE\n"},
      {"needs = [\"SIZE\"]\nsteps = [{ send = \"NOOP {ehlo.SIZE * 2}\", expect = 250 }]", ""},
      {R"(steps = [{ send = "NOOP", capture = { n = '(\d+)' }, expect = 250 }, { send = "NOOP {n}", expect = 250 }])",
       ""},
      {R"(steps = [{ send = "NOOP {mailbox(2)} {file('a.eml')}", expect = 250 }])", ""},
      // Silence.
      {R"(steps = [{ send = "NOOP", expect = { silence = true, within = "1s" } }])",
       "8:10 silence alone gives 'pass' here\n"},
      {R"(steps = [{ expect = { silence = true, within = "1s" } }, { send = "NOOP", expect = 250 }])", ""},
      {R"(steps = [{ send = "X", one_of = [{ silence = true, outcome = "silent" }, { reply = 500, outcome = "no" }] }])",
       "8:34 silence alone gives 'pass' here\n"},
      {R"(steps = [{ send = "X", one_of = [{ silence = true, outcome = "silent", verdict = "info" }] }])",
       ""},
      {R"(steps = [{ send = "X", one_of = [{ silence = true, outcome = "silent", then = [{ send = "NOOP", expect = 250 }] }] }])",
       ""},
      // Alternatives.
      {R"(steps = [{ send = "X", one_of = [{ outcome = "any" }, { reply = 500, outcome = "no", verdict = "fail" }] }])",
       "8:55 this alternative is never reached\n"},
      {R"(steps = [{ send = "X", one_of = [{ reply = 250, outcome = "yes" }, { outcome = "any" }] }])",
       "4:1 this scenario can't fail: whatever the target does is 'pass'\n"},
      {R"(steps = [{ send = "X", one_of = [{ reply = 250, outcome = "yes" }, { outcome = "any", verdict = "info" }] }])",
       ""},
      {R"(steps = [{ send = "X" }])", "4:1 this scenario can't fail: whatever the target does is 'pass'\n"},
      // Groups.
      {R"(steps = [{ group = [{ send = "MAIL FROM:<{sender}>", expect = 250 }, { send = "RCPT TO:<{mailbox}>", expect = 250 }, { send = "DATA", expect = 354 }] }])",
       ""},
      {R"(steps = [{ group = [{ send = "QUIT", expect = 221 }, { send = "NOOP", expect = 250 }] }])",
       "8:10 item 1 makes this group illegal: must_be_last\n"},
      {R"(steps = [{ group = [{ send = "QUIT", expect = 221 }, { send = "NOOP", expect = 250 }], illegal = true }])",
       ""},
      {R"(steps = [{ group = [{ send = "RSET", expect = 250 }, { send = "NOOP", expect = 250 }], illegal = true }])",
       "8:10 this group is legal\n"},
      {"from = \"data\"\nsteps = [{ group = [{ send = [\"Subject: x\", \"\", \"DATA\", \".\"], expect = 250 "
       "}, { send = \"QUIT\", expect = 221 }] }]",
       ""},
      {R"(steps = [{ send = "DATA", expect = 354 }, { group = [{ message = ["x"], expect = 250 }, { send = "QUIT", expect = 221 }] }])",
       ""},
  };
  for (const auto& row : table) EXPECT_EQ(said(row.lines), row.said) << row.lines;
}

TEST(Lint, WhatIsCoveredDecidesWhetherAScenarioCanFail) {
  const auto plain = R"(steps = [{ send = "NOOP", expect = 250 }])";
  const auto recorded =
      R"(steps = [{ send = "X", one_of = [{ reply = "xxx", outcome = "answered", verdict = "info" }] }])";
  EXPECT_EQ(said(plain, "R1-1-b"), "4:1 this scenario can't fail, and records nothing\n");
  EXPECT_EQ(said(recorded, "R1-1-b"), "");
  const auto told_apart =
      R"(steps = [{ send = "X", one_of = [{ reply = 250, outcome = "a" }, { reply = 500, outcome = "b" }] }])";
  EXPECT_EQ(said(told_apart, "R1-1-b"), "");
  EXPECT_EQ(said(told_apart, "R1-1-c"),
            "7:1 what this scenario covers does not bind the target in its role: it can't fail\n");
  EXPECT_EQ(said(plain, "R1-1-c"),
            "7:1 what this scenario covers does not bind the target in its role: it can't fail\n");
  EXPECT_EQ(said(recorded, "R1-1-c"), "");
  EXPECT_EQ(said(plain, "R1-1-x"), "7:12 the catalogue has no requirement 'R1-1-x'\n");
}

TEST(Lint, OneRowThatCanFailIsEnough) {
  EXPECT_EQ(said("each = [{ name = \"a\", covers = [\"R1-1-b\"] }, { name = \"b\" }]\nsteps = [{ send = "
                 "\"NOOP\", expect = 250 }]"),
            "");
}

TEST(Lint, RowsShareWhatIsWrongWithThem) {
  EXPECT_EQ(
      said("each = [{ name = \"a\" }, { name = \"b\" }]\nsteps = [{ send = \"NOOP {tokn}\", expect = 250 }]"),
      "9:26 nothing sets the variable 'tokn'\n");
}

TEST(Lint, ShowsTheLineOfTheScenario) {
  auto file = load_text(
      "spec = \"RFC 1\"\nsection = \"1\"\ntitle = \"T\"\n[[scenario]]\nid = \"x\"\ntitle = \"X\"\ncovers = "
      "[\"R1-1-z\"]\n"
      "steps = [{ send = \"NOOP\", expect = 250 }]\n",
      "s.toml", "p");
  ASSERT_TRUE(file);
  Suite suite;
  suite.cases = file->cases;
  EXPECT_EQ(base::format(unknown_requirements(suite, catalogue())),
            "s.toml:7:12: the catalogue has no requirement 'R1-1-z'\n"
            "    7 | covers = [\"R1-1-z\"]\n"
            "      |            ^\n"
            "      = help: did you mean 'R1-1-a'?\n");
}

}  // namespace
}  // namespace smtpspec::scenario
