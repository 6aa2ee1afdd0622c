// SPDX-License-Identifier: Apache-2.0
#include "report/format.hpp"

#include <gmock/gmock.h>

#include "report/console.hpp"
#include "report/dialogue.hpp"
#include "report/escape_markup.hpp"
#include "report/example_run.hpp"
#include "report/html.hpp"
#include "report/progress.hpp"
#include "report/shown.hpp"
#include "report/stable.hpp"

namespace smtpspec::report {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

struct RequestCase {
  std::string argument;
  std::string format;
  std::string path;
  std::string option;
};

TEST(ReportRequest, Parses) {
  const RequestCase cases[] = {
      {"junit:out/junit.xml", "junit", "out/junit.xml", ""},
      {"junit:out/junit.xml:gitlab", "junit", "out/junit.xml", "gitlab"},
      {"json:-", "json", "-", ""},
      {"markdown:/tmp/a:b.md", "markdown", "/tmp/a:b.md", ""},
      {"text:x:verbose", "text", "x", "verbose"},
  };
  for (const auto& c : cases) {
    const auto requests = parse_report_requests({c.argument});
    ASSERT_TRUE(requests) << base::format(requests.problems());
    EXPECT_EQ(requests->at(0).format->name, c.format);
    EXPECT_EQ(requests->at(0).path, c.path);
    EXPECT_EQ(requests->at(0).option, c.option);
  }
}

TEST(ReportRequest, SaysWhatIsWrong) {
  const std::pair<std::string, std::string> cases[] = {
      {"junti:x", "did you mean 'junit'?"},
      {"junit", "has no path"},
      {"junit:", "has no path"},
      {"junit:x:gitlb", "did you mean 'gitlab'?"},
      {"json:x:gitlab", "json has none"},
      {"", "unknown report format"},
      {"\x1b[2J:x", "format '\\x1B[2J'"},
      {"out/junit.xml", "unknown report format 'out/junit.xml'"},
  };
  for (const auto& [argument, message] : cases) {
    EXPECT_THAT(base::format(parse_report_requests({argument}).problems()), HasSubstr(message)) << argument;
  }
  EXPECT_THAT(base::format(parse_report_requests({"junit:x", "json:x"}).problems()),
              HasSubstr("two reports"));
  EXPECT_EQ(parse_report_requests({"a:b", "c:d", "junit:x"}).problems().size(), 2u);
}

TEST(Reports, OneThatCantBeWrittenDoesntKeepTheOthers) {
  const auto run = example_run();
  const auto folder = std::filesystem::path(::testing::TempDir()) / "smtpspec-write-reports";
  const auto requests = parse_report_requests({"text:/dev/full", "junit:" + (folder / "junit.xml").string()});
  ASSERT_TRUE(requests);
  const auto failures = write_reports(run, gate::decide(run, {}), *requests);
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_THAT(failures[0].message, HasSubstr("/dev/full"));
  EXPECT_TRUE(std::filesystem::exists(folder / "junit.xml"));
  std::filesystem::remove_all(folder);
}

TEST(Console, LastLineHasEveryVerdict) {
  const auto run = example_run();
  const auto decision = gate::decide(run, {});
  EXPECT_EQ(
      summary_line(run, decision),
      "smtpspec: 12 cases: 1 pass, 1 warn, 3 fail, 1 info, 2 unsupported, 2 blocked, 1 crash, 1 error: red");
  EXPECT_THAT(console(run, decision, {}), EndsWith("\n" + summary_line(run, decision) + "\n"));
}

TEST(Console, ManyUnreachableCasesAreToldOnce) {
  auto run = example_run();
  run.cases.resize(1);
  run.cases[0] = result::CaseResult{};
  run.cases[0].reason = "connection refused";
  run.cases[0].unreachable = true;
  run.cases.resize(250, run.cases[0]);
  const auto text = console(run, gate::decide(run, {}), {});
  EXPECT_LT(text.size(), 1500u);
  EXPECT_THAT(text, HasSubstr("249 more"));
  EXPECT_THAT(text, EndsWith(": target not reached\n"));
}

TEST(Progress, LineFitsTheTerminal) {
  EXPECT_EQ(progress_line(12, 251, 2, "rfc5321/x", 80), "[ 12/251] 2 not green  rfc5321/x");
  EXPECT_EQ(progress_line(12, 251, 2, "rfc5321/x", 25), "[ 12/251] 2 not green");
  EXPECT_EQ(progress_line(12, 251, 2, "rfc5321/x", 5), "[ 12/");
}

TEST(Progress, NothingOnWhatIsNoTerminal) {
  std::FILE* file = std::tmpfile();
  {
    Progress progress(file, 3);
    progress.case_done({});
  }
  EXPECT_EQ(std::ftell(file), 0);
  EXPECT_FALSE(wants_colour(file));
  std::fclose(file);
}

TEST(Dialogue, LineEndingsCanBeSeen) {
  result::Session session;
  session.events = {{base::TranscriptEvent::Kind::received, {}, "250-a\n250 b\r\n", false},
                    {base::TranscriptEvent::Kind::sent, {}, "half", false},
                    {base::TranscriptEvent::Kind::sent, {}, "", false}};
  const auto lines = dialogue_lines(session, 100);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].text, "250-a\\n");
  EXPECT_EQ(lines[1].text, "250 b\\r\\n");
  EXPECT_EQ(lines[2].text, "half");
  EXPECT_EQ(lines[3].text, "");
}

TEST(Dialogue, EndlessTalkIsLeftOutInTheMiddle) {
  result::Session session;
  std::string talk;
  for (int i = 0; i < 100000; ++i) talk += "250-" + std::to_string(i) + "\r\n";
  session.events = {{base::TranscriptEvent::Kind::received, {}, talk, false}};
  const auto text = dialogue_text(session, {true, std::nullopt}, Paint());
  EXPECT_LT(text.size(), 100000u);
  EXPECT_THAT(text, HasSubstr("250-999\\r\\n"));
  EXPECT_THAT(text, HasSubstr("98000 lines are only in results.json"));
  EXPECT_THAT(text, HasSubstr("250-99999\\r\\n"));
  EXPECT_LT(dialogue_text(session, {}, Paint()).size(), 1000u);
}

TEST(Html, HasNoScriptAndAllowsNone) {
  const auto run = example_run();
  const auto page = html(run, gate::decide(run, {}));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  for (const auto& result : run.cases) EXPECT_THAT(page, HasSubstr(escape_markup(result.id)));
}

TEST(Shown, CutsBetweenCharacters) {
  EXPECT_EQ(shown("abcdef", 3), "abc... (3 more octets)");
  EXPECT_EQ(shown("ab\xE2\x82\xAC", 4), "ab... (3 more octets)");
  EXPECT_EQ(shown("\xE2\x82\xAC", 3), "\xE2\x82\xAC");
  EXPECT_EQ(shown(std::string(8, '\x80'), 4), "\\x80... (7 more octets)");
  EXPECT_EQ(shown_lines("a\r\n\nb", 9), (std::vector<std::string>{"a\\r", "", "b"}));
  EXPECT_EQ(indented("a\n\nb\n", 2), "  a\n\n  b\n");
}

TEST(Markup, NothingIsLeftToMarkdown) {
  EXPECT_EQ(inline_code("a*b"), "<code>a&#42;b</code>");
  EXPECT_EQ(escape_markup("<a b='c'>&\""), "&lt;a b=&#39;c&#39;&gt;&amp;&quot;");
}

struct StableCase {
  std::string before;
  std::string after;
};

TEST(Stable, PutsPlaceHoldersForWhatChanges) {
  const StableCase cases[] = {
      {"250 2.0.0 Ok: queued as 4F2A1C77B0\r\n", "250 2.0.0 Ok: queued as {id}\r\n"},
      {"250 OK id=1tBcDe-000000012ab-3kLm\r\n", "250 OK id={id}\r\n"},
      {"250 2.0.0 4AN8sxYz012345 Message accepted for delivery\r\n",
       "250 2.0.0 {id} Message accepted for delivery\r\n"},
      {"220 mx ESMTP Sendmail; Mon, 23 Nov 2026 15:08:54 +0000\r\n", "220 mx ESMTP Sendmail; {date}\r\n"},
      {"220 mx ESMTP Exim 4.96 Mon, 23 Nov 2026 15:08:54 +0000\r\n", "220 mx ESMTP Exim 4.96 {date}\r\n"},
      {"Nov 23 15:08:54 mx postfix/smtpd[81]: 4F2A1C77B0: client=x[127.0.0.1]:4711\r\n",
       "{date} mx postfix/smtpd[{pid}]: {id}: client=x[127.0.0.1]:{port}\r\n"},
      {"2026-11-23 15:08:54.123 start", "{date} start"},
      {"at smtp://[::1]:2525", "at smtp://[::1]:{port}"},
      {"RCPT TO:<user+a1b2c3d4@mx.test>\r\n", "RCPT TO:<user+{token}@mx.test>\r\n"},
      {"334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+\r\n", "334 {challenge}\r\n"},
      {"dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n", "{response}\r\n"},
      {"Message-Id: <20261123.4F2A@mx.test>\r\n", "Message-Id: <{id}>\r\n"},
      {"/tmp/smtpspec-Xy12/spool", "{dir}/spool"},
      {"250 SIZE 10240000\r\n", "250 SIZE 10240000\r\n"},
      {"DATA\r\n", "DATA\r\n"},
  };
  for (const auto& c : cases) {
    auto run = example_run();
    run.cases.resize(1);
    run.cases[0].sessions[0].events = {{base::TranscriptEvent::Kind::sent, {}, c.before, false}};
    EXPECT_EQ(stable(run).cases[0].sessions[0].events[0].bytes, c.after);
  }
}

TEST(Stable, TwoRunsOfTheSameThingAreEqual) {
  const auto one = example_run();
  auto two = one;
  two.started = "2027-02-03T04:05:06Z";
  two.duration *= 3;
  two.target.address = "smtp://127.0.0.1:3535";
  two.options["seed"] = "1";
  for (auto& result : two.cases) {
    result.duration *= 2;
    for (auto& session : result.sessions) {
      if (session.endpoint == "smtp://127.0.0.1:2525") session.endpoint = "smtp://127.0.0.1:3535";
      for (auto& event : session.events) event.at *= 2;
    }
  }
  // A reply that came in one piece instead of two.
  auto& session = two.cases[1].sessions[0];
  session.events[3].bytes += session.events[4].bytes;
  session.events.erase(session.events.begin() + 4);
  for (auto& step : session.steps) step.event -= step.event > 4;
  for (auto& finding : two.cases[1].findings) finding.event -= finding.event > 4;
  EXPECT_EQ(stable(one), stable(two));
  EXPECT_EQ(stable(stable(one)), stable(one));
}

// Two steps that each await one of two pipelined replies; the finding is about the second reply.
result::Run run_with_replies(const std::vector<std::string>& reads, std::size_t second_step) {
  auto run = example_run();
  auto& result = run.cases[1];
  auto& session = result.sessions[0];
  session.events = {{base::TranscriptEvent::Kind::sent, {}, "NOOP\r\nNOOP\r\n", false}};
  for (const auto& read : reads)
    session.events.push_back({base::TranscriptEvent::Kind::received, {}, read, false});
  const std::size_t before_quit = session.events.size();
  session.events.push_back({base::TranscriptEvent::Kind::sent, {}, "QUIT\r\n", false});
  session.steps = {{1, "send", 0}, {2, "expect", second_step}, {0, "closing", before_quit}};
  for (auto& finding : result.findings) finding.event = before_quit;
  return run;
}

TEST(Stable, PipelinedRepliesAreTheSameInOneReadOrTwo) {
  const auto in_one = run_with_replies({"250 a\r\n250 b\r\n"}, 2);
  const auto in_two = run_with_replies({"250 a\r\n", "250 b\r\n"}, 2);
  const auto cut = run_with_replies({"250 a\r\n25", "0 b\r\n"}, 2);
  EXPECT_EQ(stable(in_one), stable(in_two));
  EXPECT_EQ(stable(in_one), stable(cut));
  EXPECT_EQ(stable(in_one).cases[1].sessions[0].steps[1].event, 2U);
}

}  // namespace
}  // namespace smtpspec::report
