// SPDX-License-Identifier: Apache-2.0
#include "gate/offers.hpp"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/decision.hpp"
#include "gate/expectation.hpp"
#include "gate/expectation_check.hpp"
#include "gate/expectation_update.hpp"

namespace smtpspec::gate {
namespace {

using base::Verdict;
using result::Lack;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

result::CaseResult case_of(std::string id, Verdict verdict, Lack lacks = {}) {
  result::CaseResult result;
  result.id = std::move(id);
  result.verdict = verdict;
  result.lacks = std::move(lacks);
  return result;
}

result::Run run_of(std::vector<result::CaseResult> cases, result::Offers seen,
                   std::string expectations = {}) {
  result::Run run;
  run.started = "2026-06-15T12:00:00Z";
  run.cases = std::move(cases);
  run.target.offers = std::move(seen);
  if (!expectations.empty()) run.expectations = {"e.toml", std::move(expectations)};
  return run;
}

ExpectationText text_of(const std::string& text) {
  auto made = ExpectationText::parse(text, "e.toml");
  EXPECT_TRUE(made) << base::format(made.problems()) << text;
  return std::move(*made);  // a copy would not know its places
}

constexpr const char* mine =
    "[offers]\nsmtp = [\"STARTTLS\", \"AUTH PLAIN\"]\nlmtp = []\ntarget = [\"mailbox\"]\n";

struct LackCase {
  Lack lacks;
  Verdict verdict;
  const char* reason;  ///< empty: not red
};

// A server that takes no mail any more would else be green: all that asks what it sends is unsupported.
TEST(Offers, AMessageThatIsNotTakenMustBeKnown) {
  const auto decided = [](Verdict verdict, const std::string& file) {
    const auto run = run_of({case_of("a/b", verdict, {result::of_messages, "this one"})}, {}, file);
    return decide(run, {}).cases.at(0);
  };
  const std::string known = "[[expect]]\ncase = \"a/b\"\nverdict = \"unsupported\"\nreason = \"no NUL\"\n";
  EXPECT_EQ(decided(Verdict::unsupported, mine).delta, Delta::regression);
  EXPECT_EQ(decided(Verdict::unsupported, mine).reason, "not in e.toml");
  EXPECT_FALSE(decided(Verdict::unsupported, mine + ("\n" + known)).red);
  EXPECT_FALSE(decided(Verdict::unsupported, "# says nothing of what is offered").red);
  EXPECT_EQ(decided(Verdict::pass, mine + ("\n" + known)).delta, Delta::unexpected_pass);
}

TEST(Offers, AMessageThatIsNotTakenGetsAnEntry) {
  auto text = text_of(mine);
  const std::vector<result::Run> runs = {
      run_of({case_of("a/b", Verdict::unsupported, {result::of_messages, "this one"})}, {})};
  update(text, runs, {});
  EXPECT_THAT(text.changed_text(), HasSubstr("verdict = \"unsupported\""));
}

TEST(Offers, WhatTheFileListsMustNotBeMissing) {
  const LackCase cases[] = {
      {{"smtp", "STARTTLS"}, Verdict::unsupported, "no longer offered: STARTTLS (smtp)"},
      {{"smtp", "AUTH"}, Verdict::unsupported, "no longer offered: AUTH (smtp)"},
      {{"smtp", "AUTH PLAIN"}, Verdict::unsupported, "no longer offered: AUTH PLAIN (smtp)"},
      {{"smtp", "AUTH LOGIN"}, Verdict::unsupported, ""},
      {{"smtp", "CHUNKING"}, Verdict::unsupported, ""},
      {{"smtp-in-tls", "AUTH PLAIN"}, Verdict::unsupported, ""},
      {{"lmtp", ""}, Verdict::unsupported, "no longer offered: lmtp"},
      {{"submission", ""}, Verdict::unsupported, ""},
      {{"target", "mailbox"}, Verdict::unsupported, "no longer offered: mailbox (target)"},
      {{"target", "credentials"}, Verdict::unsupported, ""},
      {{}, Verdict::unsupported, ""},
      {{"smtp", "STARTTLS"}, Verdict::pass, ""},
  };
  for (const auto& c : cases) {
    const auto run = run_of({case_of("a/b", c.verdict, c.lacks)}, {}, mine);
    const auto decided = decide(run, {}).cases.at(0);
    EXPECT_EQ(decided.reason, c.reason) << c.lacks.what;
    EXPECT_EQ(decided.red, *c.reason != '\0') << c.lacks.what;
    EXPECT_EQ(decided.delta, *c.reason == '\0' ? Delta::none : Delta::changed) << c.lacks.what;
  }
}

TEST(Offers, AnEntryForTheCaseDecidesFirst) {
  const auto accepted =
      std::string(mine) +
      "[[expect]]\ncase = \"a/b\"\nverdict = \"unsupported\"\nreason = \"off on Sundays\"\n";
  const auto run = run_of({case_of("a/b", Verdict::unsupported, {"smtp", "STARTTLS"})}, {}, accepted);
  EXPECT_EQ(decide(run, {}).cases.at(0).delta, Delta::as_expected);
}

TEST(Offers, WhatIsNewOrMissedByNoCaseIsANoteOfAWholeRun) {
  const result::Offers seen = {{"smtp", {"AUTH PLAIN", "AUTH LOGIN"}}, {"submission", {"SIZE"}}};
  auto run = run_of({case_of("a/b", Verdict::pass)}, seen, mine);
  const auto decision = decide(run, {});
  EXPECT_FALSE(decision.red());
  EXPECT_THAT(decision.notes,
              ElementsAre("e.toml: no longer offered, and no case asks for it: STARTTLS (smtp)",
                          "e.toml: offered, and not yet in its [offers]: AUTH LOGIN (smtp)"));
  run.options["narrowed"] = "true";
  EXPECT_THAT(decide(run, {}).notes, IsEmpty());
}

struct FormCase {
  const char* text;
  const char* problem;
};

TEST(Offers, FormsThatAreNotTaken) {
  const FormCase cases[] = {
      {"offers = [\"STARTTLS\"]\n", "what is offered is a table of its own"},
      {"offers = { smtp = [\"STARTTLS\"] }\n", "what is offered is a table of its own"},
      {"[offers]\nsmpt = [\"STARTTLS\"]\n", "smtp"},
      {"[offers]\nsmtp = 3\n", "'smtp' must be"},
  };
  for (const auto& c : cases) {
    const auto file = parse_expectations(c.text, "e.toml");
    ASSERT_FALSE(file) << c.text;
    EXPECT_THAT(base::format(file.problems()), HasSubstr(c.problem));
  }
  const auto file = parse_expectations("[offers]\nsmtp = \"auth plain\"\ntarget = [\"mailbox\"]\n", "e.toml");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->offers, (result::Offers{{"smtp", {"AUTH PLAIN"}}, {"target", {"mailbox"}}}));
}

struct UpdateCase {
  const char* before;
  const char* after;
};

TEST(Offers, UpdateAddsAndTakesNothingAway) {
  const UpdateCase cases[] = {
      {"", "[offers]\nlmtp = []\nsmtp = [\"SIZE\", \"STARTTLS\"]\n"},
      {"# mine\ntarget = \"t\"\n",
       "# mine\ntarget = \"t\"\n\n[offers]\nlmtp = []\nsmtp = [\"SIZE\", \"STARTTLS\"]\n"},
      {"# mine\n\n# why\n[[expect]]\ncase = \"z/z\"\nverdict = \"fail\"\nreason = \"r\"\n",
       "# mine\n\n[offers]\nlmtp = []\nsmtp = [\"SIZE\", \"STARTTLS\"]\n\n"
       "# why\n[[expect]]\ncase = \"z/z\"\nverdict = \"fail\"\nreason = \"r\"\n"},
      {"[offers]\nsmtp = [\"DSN\", \"SIZE\"]  # both\n",
       "[offers]\nsmtp = [\"DSN\", \"SIZE\", \"STARTTLS\"]  # both\nlmtp = []\n"},
      {"[offers]", "[offers]\nlmtp = []\nsmtp = [\"SIZE\", \"STARTTLS\"]\n"},
      {"[offers]\nsmtp = [\"STARTTLS\", \"SIZE\"]\nlmtp = []\n",
       "[offers]\nsmtp = [\"STARTTLS\", \"SIZE\"]\nlmtp = []\n"},
  };
  // What only one of the clients is offered is no promise.
  const std::vector<result::Run> runs = {run_of({}, {{"smtp", {"SIZE", "STARTTLS", "ETRN"}}}),
                                         run_of({}, {{"smtp", {"SIZE", "STARTTLS"}}, {"lmtp", {}}})};
  for (const auto& c : cases) {
    auto text = text_of(c.before);
    update(text, runs, {});
    EXPECT_EQ(text.changed_text(), c.after);
    auto again = text_of(text.changed_text());
    update(again, runs, {});
    EXPECT_EQ(again.changed_text(), c.after);
    prune(again, runs, {});
    EXPECT_EQ(again.changed_text(), c.after);
  }
}

TEST(Offers, UpdateLeavesAPersonToSayThatSomethingIsGone) {
  auto text = text_of(mine);
  const auto report = update(text,
                             {run_of({case_of("a/b", Verdict::unsupported, {"smtp", "STARTTLS"}),
                                      case_of("a/c", Verdict::unsupported, {"smtp", "STARTTLS"})},
                                     {})},
                             {});
  EXPECT_EQ(text.changed_text(), mine);
  EXPECT_THAT(report.left,
              ElementsAre("no longer offered: STARTTLS (smtp); where that is meant take it out of [offers]"));
}

TEST(Offers, CheckPointsAtWhatAWholeRunIsNotOffered) {
  const auto passes = case_of("a/c", Verdict::pass);
  auto run = run_of({passes}, {{"smtp", {"AUTH PLAIN"}}});
  CheckAgainst against;
  against.runs = {run};
  auto problems = check(text_of(mine), against);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].position.line, 2u);
  EXPECT_EQ(problems[0].message, "no longer offered: STARTTLS (smtp)");
  against.runs[0].shard = "1/2";
  EXPECT_THAT(check(text_of(mine), against), IsEmpty());
  against.runs[0] = run_of({case_of("a/b", Verdict::unsupported, {"target", "mailbox"}), passes}, {});
  problems = check(text_of(mine), against);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0].message, HasSubstr("a/b is unsupported (changed): no longer offered: mailbox"));
}

}  // namespace
}  // namespace smtpspec::gate
