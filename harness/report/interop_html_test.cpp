// SPDX-License-Identifier: Apache-2.0
#include "report/interop_html.hpp"

#include <gmock/gmock.h>

#include "report/html.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using testing::HasSubstr;
using testing::Not;

result::Run example() {
  result::Run run;
  run.options["interop"] = "true";
  run.target.name = "interop";
  auto& broken = run.cases.emplace_back();
  broken.id = "interop/a/b/dots";
  broken.title = "Dots";
  broken.verdict = Verdict::fail;
  broken.outcome = "changed by a";
  auto& finding = broken.findings.emplace_back();
  finding.verdict = Verdict::fail;
  finding.message = "a did not send on what it was given: <script>";
  finding.expected = "..x\r\n";
  finding.actual = ".x\r\n";
  auto& session = broken.sessions.emplace_back();
  session.events.push_back({base::TranscriptEvent::Kind::received, {}, "220 <img src=x>\r\n"});
  auto& sound = run.cases.emplace_back();
  sound.id = "interop/a/a/dots";
  sound.verdict = Verdict::pass;
  return run;
}

std::string page() {
  const auto run = example();
  return html(run, gate::decide(run, gate::policy_of(run)));
}

TEST(InteropHtml, IsTheHtmlOfAnInteropRun) {
  EXPECT_THAT(page(), HasSubstr("<table class=\"matrix\">"));
  EXPECT_THAT(page(), HasSubstr("aria-label=\"a to b: 1 fail\""));
  EXPECT_THAT(page(), HasSubstr("href=\"#pair-0-1\""));
}

TEST(InteropHtml, AFailureStandsThereWithoutScripts) {
  EXPECT_THAT(page(), HasSubstr(".<mark>.</mark>x\\r\\n"));
  EXPECT_THAT(page(), HasSubstr("smtpspec interop --sender a --receiver b --message dots"));
}

TEST(InteropHtml, EveryByteFromAServerIsEscaped) {
  EXPECT_THAT(page(), Not(HasSubstr("<img")));
  EXPECT_THAT(page(), HasSubstr("220 &lt;img src=x&gt;"));
  EXPECT_THAT(page(), HasSubstr("it was given: &lt;script&gt;"));
}

}  // namespace
}  // namespace smtpspec::report
