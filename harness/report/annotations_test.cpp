// SPDX-License-Identifier: Apache-2.0
#include "report/annotations.hpp"

#include <string>

#include <gmock/gmock.h>

#include "report/approved.hpp"
#include "report/example_run.hpp"
#include "report/log.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using testing::HasSubstr;
using testing::Not;

result::Run many(std::size_t fails, std::size_t warns) {
  result::Run run;
  for (std::size_t i = 0; i < fails + warns; ++i) {
    result::CaseResult made;
    made.id = "a/b/c" + std::to_string(i);
    made.verdict = i < fails ? Verdict::fail : Verdict::warn;
    run.cases.push_back(made);
  }
  return run;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(Annotations, WorstFirst) {
  const auto run = example_run();
  const auto all = annotations(run, gate::decide(run, {}));
  ASSERT_GE(all.size(), 4u);
  EXPECT_EQ(all[0].verdict, Verdict::crash);
  EXPECT_EQ(all[1].verdict, Verdict::fail);
  EXPECT_FALSE(all.back().red);
}

TEST(Annotations, AreBoundedAndTheRestIsCounted) {
  for (const std::size_t n : {0u, 1u, 10u}) {
    const auto run = many(n, 0);
    const auto text = github_annotations(run, gate::decide(run, {}));
    EXPECT_EQ(count(text, "::error "), n);
    EXPECT_THAT(text, Not(HasSubstr("not shown here")));
  }
  const auto run = many(25, 12);
  const auto text = github_annotations(run, gate::decide(run, {}));
  EXPECT_EQ(count(text, "::error "), 10u);
  EXPECT_THAT(text, HasSubstr("::error title=smtpspec::16 more red cases are not shown here"));
  EXPECT_EQ(count(text, "::warning "), 10u);
  EXPECT_THAT(text, HasSubstr("3 more warnings are"));
  EXPECT_EQ(count(plain_annotations(run, gate::decide(run, {}), false), "\n"), 20u);
}

TEST(Annotations, AnEntryThatNoLongerHoldsIsWhereToLook) {
  auto run = many(1, 0);
  run.cases[0].verdict = Verdict::pass;
  run.expectations = {"my,exp:1.toml",
                      "\n[[expect]]\ncase = \"a/b/c0\"\nverdict = \"fail\"\nreason = \"50% known\"\n"};
  const auto text = github_annotations(run, gate::decide(run, {}));
  EXPECT_THAT(text,
              HasSubstr("::error file=my%2Cexp%3A1.toml,line=2,title=pass%2C unexpected-pass a/b/c0::"));
  EXPECT_THAT(text, HasSubstr("50%25 known"));
}

TEST(Annotations, Approved) {
  const auto run = example_run();
  const auto decision = gate::decide(run, {});
  expect_approved("annotations-github.txt", github_annotations(run, decision));
  expect_approved("annotations-gitlab.txt", plain_annotations(run, decision, false));
  expect_approved("codequality.json.txt", code_quality(run, decision));
}

// Whatever a server wrote, no line of it may be a workflow command: they are off while it is printed.
TEST(Log, AServerGivesGithubNoCommands) {
  auto run = example_run();
  run.cases[1].server_log = "::error::from the server\n##[error]too\n::word::\n";
  const auto text = log_text(run, gate::decide(run, {}), {LogFormat::github, false, false, "secret", 0});
  const auto off = text.find("::stop-commands::secret\n"), on = text.find("\n::secret::\n");
  ASSERT_NE(off, std::string::npos);
  ASSERT_NE(on, std::string::npos);
  EXPECT_GT(text.find("from the server"), off);
  EXPECT_LT(text.rfind("##[error]too"), on);
  EXPECT_THAT(text.substr(on), HasSubstr("smtpspec: "));
  EXPECT_EQ(count(text.substr(on + 1), "\n"), 2u);
}

TEST(Log, EndsWithTheLineThatIsAlwaysTheLast) {
  const auto run = example_run();
  for (const auto* format : {"console", "plain", "github", "gitlab"}) {
    const auto text = log_text(run, gate::decide(run, {}), {*parse_log_format(format), false, false, "s", 7});
    const auto last = text.substr(text.rfind('\n', text.size() - 2) + 1);
    EXPECT_THAT(last, HasSubstr("smtpspec: 12 cases:")) << format;
  }
  EXPECT_EQ(parse_log_format("xml"), std::nullopt);
}

}  // namespace
}  // namespace smtpspec::report
