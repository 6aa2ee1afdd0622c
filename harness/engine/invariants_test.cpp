// SPDX-License-Identifier: Apache-2.0
#include "engine/invariants.hpp"

#include <gtest/gtest.h>

namespace smtpspec::engine {
namespace {

smtp::Reply parse(std::string_view octets) {
  smtp::LineSplitter lines(smtp::LinePolicy::lf_too);
  smtp::ReplyParser parser;
  lines.feed(octets);
  while (const auto line = lines.next()) {
    if (parser.feed(*line) != smtp::ReplyParser::State::need_more) break;
  }
  return parser.take();
}

/// The names of the rules that are broken, in their order.
std::string broken(const Invariants& invariants) {
  std::string names;
  for (const auto& one : invariants.results({})) {
    if (one.verdict == Verdict::pass || one.verdict == Verdict::unsupported) continue;
    names += (names.empty() ? "" : " ") + one.id.substr(one.id.find('/') + 1);
  }
  return names;
}

struct RuleCase {
  std::string octets;
  Invariants::Context context;
  const char* broken;
};

const RuleCase rule_cases[] = {
    {"250 ok\r\n", {}, ""},
    {"250-a\r\n250 ok\r\n", {}, ""},
    {"250 ok\n", {}, "lines-end-with-crlf"},
    {"250-a\n250 ok\r\n", {}, "lines-end-with-crlf"},
    {"250 a\rb\r\n", {}, "text-is-printable"},
    {"hello\r\n", {}, "replies-are-well-formed"},
    {"250:ok\r\n", {}, "replies-are-well-formed"},
    {"250-a\r\n251 ok\r\n", {}, "one-code-per-reply"},
    {"260 ok\r\n", {}, "code-in-range"},
    {"650 ok\r\n", {}, "code-in-range"},
    {"250\r\n", {}, "code-has-text"},
    {"250 " + std::string(506, 'x') + "\r\n", {}, ""},
    {"250 " + std::string(507, 'x') + "\r\n", {}, "line-at-most-512"},
    {"250 a\x01"
     "b\r\n",
     {},
     "text-is-printable"},
    {"250 a\tb\r\n", {}, ""},
    {std::string("250 a\0b\r\n", 9), {}, "text-is-printable"},
    {"250 \xC3\xBC\r\n", {}, "text-is-printable"},
    {"250 \xC3\xBC\r\n", {false, false, true}, ""},  // RFC 6531 3.7.4
    {"250 \xC3\xBC\r\n", {true, false, false}, ""},
    {"250 2.1.0 ok\r\n", {false, true, false}, ""},
    {"250 5.1.0 ok\r\n", {false, true, false}, "enhanced-class-fits"},
    {"250 5.1.0 ok\r\n", {false, false, false}, ""},  // no enhanced codes were promised
    {"250 5.1.0 ok\r\n", {true, true, false}, ""},
    {"214-2.0.0 a\r\n214 2.0.0 b\r\n", {false, true, false}, ""},
    {"214-2.0.0 a\r\n214 b\r\n", {false, true, false}, "one-enhanced-code-per-reply"},
    {"214-a\r\n214 2.0.0 b\r\n", {false, true, false}, "one-enhanced-code-per-reply"},
    {"550-5.1.1 a\r\n550 5.7.1 b\r\n", {false, true, false}, "one-enhanced-code-per-reply"},
    {"214-a\r\n214 b\r\n", {false, true, false}, ""},  // asked about by scenarios
    {"214-2.0.0 a\r\n214 b\r\n", {false, false, false}, ""},
    {"250 2.01.0 ok\r\n", {false, true, false}, "enhanced-codes-without-leading-zeros"},
    {"250 2.1.00 ok\r\n", {false, true, false}, "enhanced-codes-without-leading-zeros"},
    {"250 2.01.0 ok\r\n", {false, false, false}, ""},
    {"250 2.01.0.1 is where you are\r\n", {false, true, false}, ""},
};

TEST(Invariants, EachRule) {
  for (const auto& one : rule_cases) {
    SCOPED_TRACE(one.octets);
    Invariants invariants;
    invariants.note_reply(parse(one.octets), one.context, "a/case");
    EXPECT_EQ(broken(invariants), one.broken);
  }
}

struct ClosingCase {
  int code;
  bool closed;
  const char* broken;
};

const ClosingCase closing_cases[] = {
    {221, true, ""},
    {221, false, "closes-after-221"},
    {250, true, "quit-gets-221"},
    {500, false, "quit-gets-221"},
    {421, true, ""},  // RFC 5321 3.8
};

TEST(Invariants, HowASessionEnds) {
  for (const auto& one : closing_cases) {
    SCOPED_TRACE(one.code);
    Invariants invariants;
    invariants.note_closing(one.code, one.closed, "a/case");
    EXPECT_EQ(broken(invariants), one.broken);
  }
}

TEST(Invariants, OneCaseForEachRuleWithThePlaces) {
  Invariants invariants;
  invariants.note_reply(parse("250 ok\n"), {}, "first/case");
  invariants.note_reply(parse("250 ok\r\n"), {}, "second/case");
  invariants.note_reply(parse("251 ok\n"), {}, "third/case");
  const auto results = invariants.results({});
  ASSERT_FALSE(results.empty());
  const auto& endings = results.front();
  EXPECT_EQ(endings.id, "invariants/lines-end-with-crlf");
  EXPECT_EQ(endings.verdict, Verdict::fail);
  ASSERT_EQ(endings.findings.size(), 2u);
  EXPECT_EQ(endings.findings[0].message, "seen in first/case");
  EXPECT_EQ(endings.findings[0].actual, "250 ok\n");
  EXPECT_EQ(endings.findings[1].message, "seen in third/case");
  EXPECT_EQ(endings.outcome, "broken");
  EXPECT_EQ(endings.reason, "broken in 2 of 3 replies");
}

TEST(Invariants, TheCatalogueCapsThem) {
  Invariants invariants;
  invariants.note_reply(parse("250 ok\n"), {}, "a/case");
  Requirements requirements;
  const auto strict = invariants.results(requirements);
  const auto& id = strict.front().covers.front();
  requirements[id].id = id;
  requirements[id].worst = Verdict::warn;
  EXPECT_EQ(invariants.results(requirements).front().verdict, Verdict::warn);
}

/// Why a rule has no verdict of its own; "" when it has one.
std::string why_unsupported(const Invariants& invariants, const std::string& name) {
  for (const auto& one : invariants.results({})) {
    if (one.id == "invariants/" + name && one.verdict == Verdict::unsupported) return one.reason;
  }
  return {};
}

TEST(Invariants, ARuleThatNothingToldOfIsUnsupported) {
  Invariants invariants;
  invariants.note_reply(parse("250 2.1.0 ok\r\n"), {}, "a/case");
  EXPECT_EQ(invariants.results({}).size(), Invariants::ids().size());
  EXPECT_EQ(why_unsupported(invariants, "enhanced-class-fits"),
            "no answer to EHLO listed ENHANCEDSTATUSCODES");
  EXPECT_EQ(why_unsupported(invariants, "quit-gets-221"), "no session ended with QUIT and a reply to it");
  EXPECT_EQ(why_unsupported(invariants, "closes-after-221"), "no QUIT was answered with 221");
  EXPECT_EQ(why_unsupported(invariants, "code-in-range"), "");
  for (const auto& one : invariants.results({}))
    EXPECT_EQ(one.requirement_verdicts.empty(), one.verdict == Verdict::unsupported);

  invariants.note_reply(parse("250 ok\r\n"), {false, true, false}, "a/case");
  EXPECT_EQ(why_unsupported(invariants, "enhanced-class-fits"),
            "no reply that may carry an enhanced status code did");
  invariants.note_reply(parse("250 2.1.0 ok\r\n"), {false, true, false}, "a/case");
  EXPECT_EQ(why_unsupported(invariants, "enhanced-class-fits"), "");
}

TEST(Invariants, WhereNoServerWasHeardThereIsNoCase) {
  EXPECT_TRUE(Invariants().results({}).empty());
}

TEST(Invariants, PlacesAreBounded) {
  Invariants invariants;
  for (int i = 0; i < 1000; ++i) invariants.note_reply(parse("250 ok\n"), {}, "a/case");
  EXPECT_LE(invariants.results({}).front().findings.size(), 20u);
}

}  // namespace
}  // namespace smtpspec::engine
