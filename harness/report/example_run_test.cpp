// SPDX-License-Identifier: Apache-2.0
#include "report/example_run.hpp"

namespace smtpspec::report {
namespace {

using base::TranscriptEvent;
using base::Verdict;
using result::CaseResult;
using result::Finding;
using result::Session;
using Kind = TranscriptEvent::Kind;
using std::chrono::milliseconds;

TranscriptEvent event(Kind kind, int at_ms, std::string bytes, bool encrypted = false) {
  return {kind, milliseconds(at_ms), std::move(bytes), encrypted};
}

Session usual_session() {
  Session session;
  session.endpoint = "smtp://127.0.0.1:2525";
  session.client = "stranger";
  session.events = {event(Kind::note, 0, "connected from 127.0.0.1:49152"),
                    event(Kind::received, 1, "220 mx.test ESMTP example\r\n"),
                    event(Kind::sent, 1, "EHLO client.test\r\n"),
                    event(Kind::received, 2, "250-mx.test\r\n250-PIPELINING\r\n"),
                    event(Kind::received, 2, "250 SIZE 10240000\r\n"),
                    event(Kind::sent, 3, "MAIL FROM:<sender@client.test>\r\n"),
                    event(Kind::received, 4, "250 2.1.0 Ok\r\n"),
                    event(Kind::sent, 4, "RCPT TO:<user+a1b2c3d4@mx.test>\r\n"),
                    event(Kind::received, 5, "250 2.1.5 Ok\r\n"),
                    event(Kind::sent, 6, "DATA\r\n"),
                    event(Kind::received, 7, "354 End data with <CR><LF>.<CR><LF>\r\n")};
  session.steps = {{0, "prelude", 0}};
  return session;
}

CaseResult case_of(std::string id, std::string title, Verdict verdict) {
  CaseResult result;
  result.id = std::move(id);
  result.title = std::move(title);
  result.spec = "RFC 5321";
  result.section = "4.5.2";
  result.position = {"scenarios/rfc5321/4.5.2-transparency.toml", 20, 1};
  result.source_lines = {"[[scenario]]",
                         "id     = \"example\"",
                         "covers = [\"R5321-4.5.2-b\"]",
                         "steps  = [",
                         "  { send_raw = 'Subject: {token}\\r\\n\\r\\nfirst{ending}' },",
                         "\t{ send = \".\", expect = 250 },",
                         "]"};
  result.covers = {"R5321-4.5.2-b"};
  result.on = "smtp";
  result.client = "stranger";
  result.verdict = verdict;
  result.duration = milliseconds(12);
  result.token = "a1b2c3d4";
  return result;
}

Finding finding_of(Verdict verdict, std::string message) {
  Finding finding;
  finding.verdict = verdict;
  finding.requirements = {"R5321-4.5.2-b"};
  finding.message = std::move(message);
  finding.line = 25;
  finding.column = 4;
  return finding;
}

CaseResult passing_case() {
  auto result =
      case_of("rfc5321/4.5.2-transparency/leading-dot", "A doubled dot loses one dot", Verdict::pass);
  result.sessions = {usual_session()};
  result.requirement_verdicts = {{"R5321-4.5.2-b", Verdict::pass}};
  result.delivered = {"Return-Path: <sender@client.test>\nSubject: a1b2c3d4\n\n.first\n"};
  return result;
}

CaseResult failing_case() {
  auto result = case_of("rfc5321/4.5.2-transparency/only-crlf-dot-crlf-ends/lf-dot-lf",
                        "No other arrangement of CR, LF and dot ends the message", Verdict::fail);
  result.why = "A relay that passes the content on lets a stranger send mail in its name.";
  auto session = usual_session();
  session.events.push_back(
      event(Kind::sent, 8, "Subject: a1b2c3d4\r\n\r\nfirst\n.\nMAIL FROM:<smuggled@client.test>\r\n"));
  session.events.push_back(event(Kind::received, 9, "250 2.0.0 Ok: queued as 4F2A1C77B0\r\n"));
  session.events.push_back(event(Kind::received, 9, "250 2.1.0 Ok\n"));
  session.events.push_back(event(Kind::sent, 9, "QUIT\r\n"));
  session.events.push_back(event(Kind::received, 10, "221 2.0.0 Bye\r\n"));
  session.events.push_back(event(Kind::note, 10, "peer closed (FIN)"));
  session.steps.push_back({24, "send_raw", 11});
  session.steps.push_back({0, "closing", 14});
  result.sessions = {session};
  auto finding = finding_of(Verdict::fail, "the message ended at LF.LF; what follows was taken as commands");
  finding.expected = "replies = [250, 221]";
  finding.actual = "250 2.0.0 Ok: queued as 4F2A1C77B0\r\n250 2.1.0 Ok\n";
  finding.outcome = "ended the message; what follows was taken as commands";
  finding.event = 14;
  auto second = finding_of(Verdict::warn, "a line of the reply ends with LF alone");
  second.requirements = {"R0000-no-such"};
  second.line = 0;
  second.column = 0;
  result.findings = {second, finding};
  result.outcome = finding.outcome;
  result.requirement_verdicts = {{"R5321-4.5.2-b", Verdict::fail}, {"R0000-no-such", Verdict::warn}};
  result.delivered = {"Return-Path: <smuggled@client.test>\n\nsecond\n"};
  result.server_log =
      "Jan 31 12:00:00 mx postfix/smtpd[123]: connect from localhost[127.0.0.1]:49152\n"
      "Jan 31 12:00:00 mx postfix/smtpd[123]: 4F2A1C77B0: client=localhost[127.0.0.1]:49152\n";
  return result;
}

CaseResult hostile_case() {
  const auto bytes = hostile_bytes();
  auto result = case_of("rfc5321/4.5.2-transparency/hostile", "Hostile " + bytes, Verdict::fail);
  result.why = bytes;
  result.reason = bytes;
  result.server_log = bytes + "\n" + bytes;
  result.delivered = {bytes};
  result.outcome = bytes;
  auto finding = finding_of(Verdict::fail, "message " + bytes);
  finding.expected = bytes;
  finding.actual = bytes + std::string(3000, 'x') + "\xE2\x82\xAC";
  finding.outcome = bytes;
  finding.session = "second";
  finding.event = 2;
  result.findings = {finding};
  auto first = usual_session();
  Session second;
  second.name = "second";
  second.endpoint = "smtps://127.0.0.1:4650";
  second.client = "trusted";
  second.dropped_bytes = 70000;
  second.events = {event(Kind::note, 0, "TLS 1.3 " + bytes), event(Kind::sent, 1, bytes, true),
                   event(Kind::received, 2, "500 " + bytes + "\r\n" + std::string(5000, '\xFF'), true)};
  result.sessions = {first, second};
  return result;
}

CaseResult warning_case() {
  auto result = case_of("rfc5321/4.3.2-sequencing/quit-code", "QUIT is answered with 221", Verdict::warn);
  result.section = "4.3.2";
  result.position.file = "scenarios/rfc5321/4.3.2-sequencing.toml";
  result.covers = {"R5321-4.3.2-x"};
  result.sessions = {usual_session()};
  auto finding = finding_of(Verdict::warn, "the right class, but not the code that the RFC names");
  finding.requirements = {"R5321-4.3.2-x"};
  finding.expected = "221";
  finding.actual = "250 2.0.0 Bye\r\n";
  finding.event = 11;
  result.findings = {finding};
  return result;
}

CaseResult informing_case() {
  auto result = case_of("rfc5321/4.3.2-sequencing/helo-twice", "A second HELO", Verdict::info);
  result.section = "4.3.2";
  result.outcome = "accepted again";
  return result;
}

CaseResult unsupported_case(const std::string& name) {
  auto result = case_of("rfc3030/2-bdat/" + name, "BDAT", Verdict::unsupported);
  result.spec = "RFC 3030";
  result.section = "2";
  result.reason = "the EHLO answer does not offer CHUNKING: mx.test, PIPELINING, SIZE 10240000";
  return result;
}

CaseResult blocked_case(const std::string& name) {
  auto result = case_of("rfc5321/3.3-mail/" + name, "Mail transactions", Verdict::blocked);
  result.section = "3.3";
  result.reason = "the prelude's RCPT was answered 450 4.2.0 Greylisted three times";
  result.attempts = 3;
  return result;
}

CaseResult crashing_case() {
  auto result = case_of("rfc5321/4.1.1.4-data/nul", "A NUL in the content", Verdict::crash);
  result.section = "4.1.1.4";
  result.reason = "the target ended by signal 11 (SIGSEGV)";
  result.sessions = {usual_session()};
  result.server_log = "Segmentation fault\n";
  return result;
}

CaseResult broken_case() {
  auto result = case_of("my/own rules/it's ours", "A rule of our own", Verdict::error);
  result.spec = "Our RFC/1 \xC3\xA4";
  result.section = "1.2/3";
  result.covers = {};
  result.position = {"my/own.toml", 0, 0};
  result.source_lines = {};
  result.reason = "the variable {nobody} has no value";
  return result;
}

CaseResult invariant() {
  auto result =
      case_of("invariants/reply-line-ending", "Every line of a reply ends with CRLF", Verdict::fail);
  result.section = "2.3.8";
  result.token = "";
  auto finding = finding_of(Verdict::fail, "1 reply had a line that ends with LF alone");
  finding.actual =
      "in rfc5321/4.5.2-transparency/only-crlf-dot-crlf-ends/lf-dot-lf for user+a1b2c3d4: 250 2.1.0 Ok\n";
  finding.line = 0;
  finding.column = 0;
  result.findings = {finding};
  return result;
}

}  // namespace

std::string hostile_bytes() {
  using namespace std::string_literals;
  return "\x1b[2J\x1b]0;title\x07 nul\0 \r\n"s
         "\xFF\xC0\xAF \xED\xA0\x80 \xE2\x80\xAEtxt.exe \xC2\x9B"
         "31m \xEF\xBF\xBE \xEF\xBF\xBF ]]> --> <script>alert(1)</script> &#1; &lt; \"quoted\" 'single' "
         "`tick` | *star* "
         "_low_ [l](http://x.test) @name #1 </pre> \\x41 \\n \x7F \xC2\x85 gr\xC3\xBC\xC3\x9F\x01";
}

result::Run example_run() {
  result::Run run;
  run.tool_version = "0.1.0";
  run.suite_version = "0.1";
  run.started = "2026-01-31T12:00:00Z";
  run.duration = milliseconds(1234);
  run.target = {"postfix default",
                "Postfix",
                "3.7.11",
                "220 mx.test " + hostile_bytes() + "\r\n",
                {"mx.test", "PIPELINING", "SIZE 10240000"},
                "smtp://127.0.0.1:2525",
                "--target postfix",
                {}};
  run.options = {{"seed", "4711"}, {"jobs", "8"}, {"client", "stranger"}, {"strict", "false"}};
  run.requirements = {{"R5321-4.5.2-b", "5321", "4.5.2", "MUST", "receiver-SMTP", "delivery", Verdict::fail,
                       "", "A line that begins with a dot and has more characters loses that dot"},
                      {"R5321-4.3.2-x", "5321", "4.3.2", "SHOULD", "server", "wire-server", Verdict::warn, "",
                       "A server uses the codes listed for a command"}};
  run.cases = {passing_case(),           failing_case(),        hostile_case(),
               warning_case(),           informing_case(),      unsupported_case("one"),
               unsupported_case("last"), blocked_case("first"), blocked_case("next"),
               crashing_case(),          broken_case(),         invariant()};
  return run;
}

}  // namespace smtpspec::report
