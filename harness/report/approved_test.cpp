// SPDX-License-Identifier: Apache-2.0
// Every reporter's output over one run that has everything, approved by file.
#include "report/approved.hpp"

#include <gmock/gmock.h>
#include <pugixml.hpp>

#include "base/display.hpp"
#include "report/console.hpp"
#include "report/example_run.hpp"
#include "report/format.hpp"
#include "report/html.hpp"
#include "report/junit.hpp"
#include "report/markdown.hpp"
#include "report/stable.hpp"
#include "result/results_json.hpp"

namespace smtpspec::report {
namespace {

gate::Decision decide(const result::Run& run, const gate::Policy& policy = {}) {
  return gate::decide(run, policy);
}

std::string rendered(const Format& format, const result::Run& run, const gate::Decision& decision,
                     std::string_view option) {
  std::string text;
  format.render(run, decision, option, [&text](std::string_view piece) { text += piece; });
  return text;
}

TEST(Approved, Console) {
  const auto run = example_run();
  expect_approved("console.txt", console(run, decide(run), {}));
  expect_approved("console-plain.txt", console(run, decide(run), {true, true, false}));
  expect_approved("console-verbose.txt", console(run, decide(run), {false, false, true}));
  expect_approved("console-colour.txt", console(run, decide(run), {true, false, false}));
}

TEST(Approved, Junit) {
  const auto run = example_run();
  expect_approved("junit.xml", junit(run, decide(run)));
  expect_approved("junit-gitlab.xml", junit(run, decide(run), {true}));
  expect_approved("junit-strict.xml", junit(run, decide(run, {true, {"rfc3030/2-bdat/one"}})));
}

// Known deviations, a regression, an outcome that changed, an unexpected pass, an entry for nothing.
result::Run run_with_expectations() {
  auto run = example_run();
  run.expectations = {
      "mine.toml",
      "[[expect]]\ncase = \"rfc5321/4.5.2-transparency/only-crlf-dot-crlf-ends\"\n"
      "verdict = \"fail\"\nreason = \"a bare LF ends the data\"\nissue = \"https://bugs.test/1\"\n\n"
      "[[expect]]\ncase = \"rfc5321/4.5.2-transparency/leading-dot\"\n"
      "verdict = \"fail\"\nreason = \"dots are kept\"\n\n"
      "[[expect]]\nrequirement = \"R5321-4.3.2-x\"\nverdict = \"warn\"\nreason = \"250 to QUIT\"\n\n"
      "[[expect]]\ncase = \"rfc5321/3.3-mail\"\nverdict = \"crash\"\nreason = \"<b>bold</b>\"\n\n"
      "[[expect]]\ncase = \"rfc5321/9-nothing\"\nverdict = \"fail\"\nreason = \"TODO\"\n"};
  return run;
}

TEST(Approved, Expectations) {
  const auto run = run_with_expectations();
  expect_approved("expectations-console.txt", console(run, decide(run), {}));
  expect_approved("expectations-junit.xml", junit(run, decide(run)));
  expect_approved("expectations-summary.md", markdown(run, decide(run)));
  expect_approved("expectations.html", html(run, decide(run)));
  for (const auto& format : formats()) {
    if (format.name == "json")
      expect_approved("expectations-results.json", rendered(format, run, decide(run), ""));
  }
}

TEST(Approved, Markdown) {
  const auto run = example_run();
  expect_approved("summary.md", markdown(run, decide(run)));
}

TEST(Approved, Html) {
  const auto run = example_run();
  expect_approved("run.html", html(run, decide(run)));
}

TEST(Approved, ResultsJson) {
  expect_approved("results.json", result::to_json(example_run()));
}

TEST(Approved, Stable) {
  const auto run = stable(example_run());
  expect_approved("console-stable.txt", console(run, decide(run), {false, true, true}));
  expect_approved("results-stable.json", result::to_json(run));
}

// --- What must hold of every format, whatever a target sends. ---

// A reader's own markup aside, text holds nothing that display would escape.
void expect_harmless(std::string text, std::string_view format) {
  std::erase(text, '\n');
  std::string with_doubled;
  for (const char c : text) with_doubled += c == '\\' ? std::string("\\\\") : std::string(1, c);
  EXPECT_EQ(base::escape_for_display(text), with_doubled) << format;
}

TEST(Reports, NoByteOfATargetReachesAReaderRaw) {
  const auto run = example_run();
  for (const auto& format : formats()) {
    expect_harmless(rendered(format, run, decide(run), ""), format.name);
    for (const auto& option : format.options)
      expect_harmless(rendered(format, run, decide(run), option), format.name);
  }
  expect_harmless(console(run, decide(run), {false, false, true}), "verbose console");
}

TEST(Reports, AreTheSameFromAStoredRun) {
  const auto run = example_run();
  const auto stored = result::parse_results(result::to_json(run), "results.json");
  ASSERT_TRUE(stored) << base::format(stored.problems());
  ASSERT_EQ(*stored, run);
  for (const auto& format : formats()) {
    EXPECT_EQ(rendered(format, *stored, decide(*stored), ""), rendered(format, run, decide(run), ""))
        << format.name;
  }
}

}  // namespace
}  // namespace smtpspec::report
