// SPDX-License-Identifier: Apache-2.0
#include "scenario/loader.hpp"

#include <gtest/gtest.h>

namespace smtpspec::scenario {
namespace {

using base::Verdict;

constexpr auto header = R"(spec = "RFC 5321"
section = "4.5.2"
title = "Transparency"
since = "0.1"
)";

ScenarioFile loaded(const std::string& text) {
  const auto file = load_text(header + text, "s.toml", "rfc5321/4.5.2-transparency");
  if (file) return *file;
  ADD_FAILURE() << base::format(file.problems());
  return {};
}

/// A scenario with these lines, which begin at line 9.
Case one(const std::string& lines) {
  auto file =
      loaded("[[scenario]]\nid = \"x\"\ntitle = \"X\"\ncovers = [\"R5321-4.5.2-b\"]\n" + lines + "\n");
  if (file.cases.size() == 1) return std::move(file.cases[0]);
  ADD_FAILURE() << file.cases.size() << " cases";
  Case none;
  none.steps.resize(1);
  return none;
}

std::string literal(const Template& text) {
  return text.if_literal() ? *text.if_literal() : "(has holes)";
}

TEST(Loader, AScenarioAsInTheManual) {
  const auto file = loaded(R"(
[[scenario]]
id        = "leading-dot-is-removed"
title     = "A doubled dot at the start of a line loses one dot"
covers    = ["R5321-4.5.2-b"]
from      = "data"
steps     = [
  { send = ["Subject: {token}", "", "..first"] },
  { send = ".", expect = 250 },
]
delivered = { count = 1, body = [".first"] }

# the next one
[[scenario]]
id = "other"
title = "Other"
covers = ["R5321-4.5.2-c"]
steps = [{ send = "NOOP", expect = 250 }]
)");
  ASSERT_EQ(file.cases.size(), 2u);
  const auto& first = file.cases[0];
  EXPECT_EQ(first.id, "rfc5321/4.5.2-transparency/leading-dot-is-removed");
  EXPECT_EQ(first.spec, "RFC 5321");
  EXPECT_EQ(first.section, "4.5.2");
  EXPECT_EQ(first.since, "0.1");
  EXPECT_EQ(first.position, (SourcePosition{"s.toml", 6, 1}));
  ASSERT_EQ(first.source_lines.size(), 10u);
  EXPECT_EQ(first.source_lines.front(), "[[scenario]]");
  EXPECT_EQ(first.source_lines.back(), "delivered = { count = 1, body = [\".first\"] }");
  EXPECT_EQ(first.prelude.from, Prelude::From::data);
  ASSERT_EQ(first.steps.size(), 2u);
  EXPECT_EQ(first.steps[0].position, (SourcePosition{"s.toml", 12, 3}));
  EXPECT_EQ(first.steps[0].word, "send");
  const auto& second_send = std::get<Send>(first.steps[1].action);
  EXPECT_EQ(literal(second_send.bytes), ".\r\n");
  EXPECT_TRUE(std::get<Expectation>(first.steps[1].answer).condition.reply->matches(250));
  ASSERT_EQ(first.delivered.size(), 1u);
  EXPECT_EQ(literal(first.delivered[0].body->at(0)), ".first");
  EXPECT_TRUE(first.delivered[0].count->contains(1));
  EXPECT_EQ(file.cases[1].position.line, 18u);
  EXPECT_TRUE(file.remarks.empty());
}

TEST(Loader, AFileIsSplitIntoOneCaseARow) {
  const auto file = loaded(R"(
[[scenario]]
id = "endings"
title = "Ends at {name}"
covers = ["R5321-4.1.1.4-f"]
needs = ["PIPELINING"]
each = [
  { name = "lf-dot-lf", ending = '\n.\n', want = 250, ok = true },
  { name = "lf-dot-crlf", ending = '\n.\r\n', want = ["4xx", 550], ok = false, title = "Another", covers = ["R5321-4.1.1.4-g"], needs = ["SIZE"] },
]
steps = [
  { send_raw = 'a{ending}QUIT\r\n', expect = "{want}" },
  { bdat = "{ending}", last = "{ok}", declared = "{length(ending)}", expect = { text = '^{name}', reply = 250 } },
]
)");
  ASSERT_EQ(file.cases.size(), 2u);
  const auto& first = file.cases[0];
  EXPECT_EQ(first.id, "rfc5321/4.5.2-transparency/endings/lf-dot-lf");
  EXPECT_EQ(first.title, "Ends at lf-dot-lf");
  EXPECT_EQ(literal(std::get<Send>(first.steps[0].action).bytes), "a\n.\nQUIT\r\n");
  EXPECT_EQ(std::get<Expectation>(first.steps[0].answer).condition.reply->text, "250");
  EXPECT_EQ(first.steps[0].position.line, 16u);
  const auto& bdat = std::get<Bdat>(first.steps[1].action);
  EXPECT_TRUE(bdat.last);
  EXPECT_EQ(std::get<std::int64_t>(bdat.declared->evaluate_number(nullptr)), 3);
  EXPECT_EQ(std::get<Expectation>(first.steps[1].answer).condition.text->text, "^lf-dot-lf");
  const auto& second = file.cases[1];
  EXPECT_EQ(second.title, "Another");
  EXPECT_EQ(second.covers, (std::vector<std::string>{"R5321-4.1.1.4-g"}));
  ASSERT_EQ(second.needs.size(), 2u);
  EXPECT_EQ(second.needs[1].keyword, "SIZE");
  EXPECT_FALSE(std::get<Bdat>(second.steps[1].action).last);
  EXPECT_EQ(std::get<Expectation>(second.steps[0].answer).condition.reply->text, "4xx|550");
  EXPECT_EQ(second.position, first.position);
}

TEST(Loader, ARowCanHoldTheStepsThemselves) {
  const auto file = loaded(R"(
[[scenario]]
id = "x"
title = "X"
covers = ["R5321-4.1.1.4-f"]
each = [
  { name = "noop", dialogue = [{ send = "NOOP", expect = 250 }] },
  { name = "two", dialogue = [{ send = "RSET", expect = 250 }, { send = "QUIT", expect = 221 }] },
]
steps = "{dialogue}"
)");
  ASSERT_EQ(file.cases.size(), 2u);
  EXPECT_EQ(file.cases[1].steps.size(), 2u);
}

TEST(Loader, EveryKindOfStep) {
  const auto scenario = one(R"(steps = [
  { send = ["A", ""], split = [3, -1], gap = "5ms" },
  { segments = ['DA', 'TA\r\n'], expect = "4xx|5xx" },
  { group = [{ send = "MAIL FROM:<{sender}>", expect = 250 }, { send = "DATA", expect = 354 }], illegal = true },
  { message = ["a", ".b"], split = "every octet", expect = 250 },
  { message = 'a\r\nb' },
  { bdat = 'abc', declared = 5, last = true, expect = 250 },
  { starttls = true, expect = { tls = true } },
  { handshake = true, expect = { tls = false } },
  { auth = "PLAIN", expect = 235 },
  { auth = { mechanism = "SCRAM-SHA-256", user = "{user}", corrupt = -1, initial_response = false }, expect = 535 },
  { open = "other", from = "mail", tls = true, auth = true, recipients = ["{second.mailbox}"], client = "trusted" },
  { send = "NOOP", session = "other", within = "2s", as = "there", capture = { size = 'SIZE (\d+)' }, expect = 250 },
  { close = "half", expect = "close" },
  { pause = "100ms" },
  { collect = "until close" },
  { collect = 3, one_of = [{ replies = "more than 2", outcome = "many", verdict = "fail" }, { replies = [250, "2xx"], outcome = "two" }] },
  { repeat = 10, steps = [{ send = "NOOP {i}", expect = 250 }] },
  { repeat = "accepted recipients", steps = [{ expect = { same_as = "there" } }] },
  { delivered = { to = "second", count = "0..1", whole = true } },
]
tls = true
on = "submission"
force = true)");
  ASSERT_EQ(scenario.steps.size(), 19u);
  const auto& send = std::get<Send>(scenario.steps[0].action);
  EXPECT_EQ(literal(send.bytes), "A\r\n\r\n");
  EXPECT_EQ(send.cut.offsets, (std::vector<std::int64_t>{3, -1}));
  EXPECT_EQ(std::get<Segments>(scenario.steps[1].action).segments.size(), 2u);
  EXPECT_TRUE(std::get<Expectation>(scenario.steps[1].answer).condition.reply->matches(550));
  EXPECT_TRUE(std::get<Group>(scenario.steps[2].action).illegal);
  EXPECT_EQ(literal(std::get<Message>(scenario.steps[3].action).content), "a\r\n.b\r\n");
  EXPECT_EQ(std::get<Message>(scenario.steps[3].action).cut.kind, Cut::Kind::every_byte);
  EXPECT_EQ(literal(std::get<Message>(scenario.steps[4].action).content), "a\r\nb");
  EXPECT_TRUE(std::get<Bdat>(scenario.steps[5].action).last);
  EXPECT_EQ(std::get<Expectation>(scenario.steps[6].answer).condition.tls, true);
  EXPECT_EQ(std::get<Auth>(scenario.steps[8].action).mechanism, "PLAIN");
  const auto& auth = std::get<Auth>(scenario.steps[9].action);
  EXPECT_EQ(auth.corrupt, -1);
  EXPECT_FALSE(auth.initial_response);
  const auto& open = std::get<Open>(scenario.steps[10].action);
  EXPECT_TRUE(open.prelude.auth);
  EXPECT_EQ(open.prelude.from, Prelude::From::mail);
  EXPECT_EQ(open.client, "trusted");
  const auto& there = scenario.steps[11];
  EXPECT_EQ(there.session, "other");
  EXPECT_EQ(there.label, "there");
  EXPECT_EQ(there.capture.at("size").first_group("SIZE 12"), "12");
  EXPECT_EQ(std::get<std::int64_t>(there.within->evaluate_number(nullptr)), 2000);
  EXPECT_EQ(std::get<Expectation>(scenario.steps[12].answer).condition.closed, true);
  EXPECT_FALSE(std::get<Collect>(scenario.steps[14].action).replies);
  EXPECT_EQ(std::get<Collect>(scenario.steps[15].action).replies, 3);
  const auto& alternatives = std::get<OneOf>(scenario.steps[15].answer);
  EXPECT_EQ(alternatives[0].when.reply_count->at_least, 3);
  EXPECT_EQ(alternatives[0].verdict, Verdict::fail);
  EXPECT_EQ(alternatives[1].when.replies->size(), 2u);
  EXPECT_EQ(alternatives[1].verdict, Verdict::pass);
  EXPECT_EQ(std::get<Repeat>(scenario.steps[17].action).over, Repeat::Over::accepted_recipients);
  EXPECT_TRUE(std::get<CheckDelivered>(scenario.steps[18].action).check.whole);
  EXPECT_TRUE(scenario.prelude.tls);
  EXPECT_EQ(scenario.on, "submission");
  EXPECT_TRUE(scenario.force);
}

TEST(Loader, EveryCondition) {
  const auto scenario = one(
      R"(steps = [{ send = "EHLO x", expect = { reply = [250, "2xx"], exact = true, enhanced = "2.x.x", keyword = '^SIZE \d{1,3}$', no_keyword = "STARTTLS", lines = "2..", text = 'x', ending = "crlf", within = "1s", not_before = "{target.end_of_data}", closed = false, delivered_to = "second", otherwise = "warn" } }])");
  const auto& expectation = std::get<Expectation>(scenario.steps[0].answer);
  const auto& condition = expectation.condition;
  EXPECT_TRUE(condition.reply->exact);
  EXPECT_EQ(condition.reply->text, "250|2xx");
  EXPECT_EQ(condition.enhanced->status_class, 2);
  EXPECT_TRUE(condition.keyword->matches("size 100"));
  EXPECT_EQ(condition.no_keyword, "STARTTLS");
  EXPECT_EQ(condition.lines->at_least, 2);
  EXPECT_EQ(condition.ending, smtp::Ending::crlf);
  EXPECT_EQ(condition.not_before->variable_names(), (std::vector<std::string>{"target.end_of_data"}));
  EXPECT_EQ(condition.closed, false);
  EXPECT_EQ(condition.delivered->to, "second");
  EXPECT_TRUE(condition.delivered->count->contains(2));
  EXPECT_EQ(expectation.otherwise, Verdict::warn);
}

struct NeedCase {
  const char* text;
  bool absent;
  const char* keyword;
  const char* parameter;
  const char* fact;
  int amount;
};

TEST(Loader, Needs) {
  const std::vector<NeedCase> table{
      {"CHUNKING", false, "CHUNKING", "", "", 0},
      {"!BINARYMIME", true, "BINARYMIME", "", "", 0},
      {"AUTH SCRAM-SHA-256", false, "AUTH", "SCRAM-SHA-256", "", 0},
      {"credentials", false, "", "", "credentials", 0},
      {"!relay", true, "", "", "relay", 0},
      {"recipients 100", false, "", "", "recipients", 100},
  };
  for (const auto& row : table) {
    const auto scenario =
        one("steps = [{ send = \"NOOP\", expect = 250 }]\nneeds = [\"" + std::string(row.text) + "\"]");
    ASSERT_EQ(scenario.needs.size(), 1u) << row.text;
    const auto& need = scenario.needs[0];
    EXPECT_EQ(need.absent, row.absent) << row.text;
    EXPECT_EQ(need.keyword, row.keyword) << row.text;
    EXPECT_EQ(need.parameter, row.parameter) << row.text;
    EXPECT_EQ(need.fact, row.fact) << row.text;
    EXPECT_EQ(need.amount, row.amount) << row.text;
  }
}

std::string problems_of(const std::string& text) {
  const auto file = load_text(text, "s.toml", "p");
  return file ? "(none)" : base::format(file.problems());
}

TEST(Loader, AllProblemsOfAFileAtOnceWithTheirPlaces) {
  EXPECT_EQ(problems_of(R"(spec = "RFC 5321"
section = "4.5.2"
titel = "Transparency"

[[scenario]]
id = "A"
title = 5
covers = ["R5321-4.5.2-b"]
steps = [
  { sned = "NOOP", expect = 250 },
  { send = 'NO\qOP', expect = 2500 },
  { send = "NOOP", bdat = "x" },
  { },
]
)"),
            R"(s.toml:1:1: a scenario file needs 'title'
    1 | spec = "RFC 5321"
      | ^
      = help: what the section is about
s.toml:3:1: unknown key 'titel' in a scenario file
    3 | titel = "Transparency"
      | ^
      = help: did you mean 'title'? a scenario file has: spec, section, title, since, scenario
s.toml:6:6: 'A' is no id
    6 | id = "A"
      |      ^
      = help: small letters and digits, joined by '-'
s.toml:7:9: 'title' must be a string, not an integer
    7 | title = 5
      |         ^
s.toml:10:5: unknown key 'sned' in a step
   10 |   { sned = "NOOP", expect = 250 },
      |     ^
      = help: did you mean 'send'? a step has: send, send_raw, segments, group, message, bdat, starttls, handshake, auth, open, close, pause, collect, repeat, delivered, submit, accept, serve, reply, reply_raw, target, expect, one_of, session, within, covers, outcome, as, capture
s.toml:11:15: '\q' is no escape; there are \r \n \t \0 \\ \xHH, and \\ is a backslash
   11 |   { send = 'NO\qOP', expect = 2500 },
      |               ^
s.toml:11:31: '2500' is no reply code
   11 |   { send = 'NO\qOP', expect = 2500 },
      |                               ^
      = help: write it like 250, "2xx", "x0x" or "4xx|5xx"
s.toml:12:3: a step has one action, and here are send and bdat
   12 |   { send = "NOOP", bdat = "x" },
      |   ^
      = help: make a step of each
s.toml:13:3: this step does nothing
   13 |   { },
      |   ^
      = help: give it an action (send, ...) or an answer (expect, one_of)
)");
}

/// What is wrong with a scenario of these lines, which begin at line 8: "line:column message".
std::string wrong(const std::string& lines) {
  const auto file = load_text(
      "spec = \"RFC 1\"\nsection = \"1\"\ntitle = \"T\"\n[[scenario]]\nid = \"x\"\ntitle = \"X\"\ncovers = "
      "[\"R1-1-a\"]\n" +
          lines + "\n",
      "s.toml", "p");
  std::string text;
  for (const auto& problem : file.problems()) {
    if (!text.empty()) text += "; ";
    text += std::to_string(problem.position.line) + ":" + std::to_string(problem.position.column) + " " +
            problem.message;
  }
  return text;
}

struct WrongCase {
  const char* lines;
  const char* problems;
};

TEST(Loader, SaysWhatIsWrongAndWhere) {
  const std::vector<WrongCase> table{
      {"", "4:1 a scenario needs 'steps'"},
      {"steps = []", "8:9 this list of steps is empty"},
      {"steps = 5", "8:9 'steps' must be a list of steps, not an integer"},
      {"steps = [5]", "8:10 'steps' must be a list of steps, and this item is an integer"},
      {"steps = [{ send = 5, expect = 250 }]",
       "8:19 'send' must be a string or a list of strings, not an integer"},
      {"steps = [{ send = [5], expect = 250 }]",
       "8:20 'send' must be a string or a list of strings, and this item is an integer"},
      {"steps = [{ send = \"x\", expect = true }]",
       "8:33 'expect' must be a code, a list of codes, \"close\" or a table of conditions, not true or "
       "false"},
      {"steps = [{ send = \"x\", expect = [250, \"25\"] }]", "8:39 '25' is no reply code"},
      {"steps = [{ send = \"x\", expect = {} }]", "8:33 this expects nothing"},
      {"steps = [{ send = \"x\", expect = { reply = 250, exactly = true } }]",
       "8:48 unknown key 'exactly' in an expectation"},
      {"steps = [{ send = \"x\", expect = { exact = true } }]", "8:43 'exact' needs a code beside it"},
      {"steps = [{ send = \"x\", expect = { enhanced = \"5.7\" } }]",
       "8:46 '5.7' is no enhanced status code"},
      {"steps = [{ send = \"x\", expect = { text = '(' } }]",
       "8:42 this is no regular expression: missing ): ("},
      {"steps = [{ send = \"x\", expect = { lines = \"many\" } }]", "8:43 'many' is no number and no range"},
      {"steps = [{ send = \"x\", expect = { ending = \"crfl\" } }]", "8:44 'crfl' is no value of 'ending'"},
      {"steps = [{ send = \"x\", expect = { within = \"soon\" } }]", "8:44 'soon' is not a duration"},
      {"steps = [{ send = \"x\", expect = { silence = true, reply = 250 } }]",
       "8:45 a reply and silence can't both come"},
      {"steps = [{ send = \"x\", expect = 250, one_of = [{ outcome = \"x\" }] }]",
       "8:47 a step has one answer"},
      {"steps = [{ send = \"x\", one_of = [] }]", "8:33 this list of alternatives is empty"},
      {"steps = [{ send = \"x\", one_of = [{ reply = 250 }] }]", "8:34 an alternative needs 'outcome'"},
      {"steps = [{ send = \"x\", one_of = [{ outcome = \"y\", verdict = \"good\" }] }]",
       "8:61 'good' is no value of 'verdict'"},
      {"steps = [{ send = \"x\", expect = { delivered = {}, delivered_to = \"\" } }]",
       "8:66 'delivered' says it already"},
      {"steps = [{ expect = { delivered = { to = \"secnd\" } } }]",
       "8:42 a case has no mailbox called 'secnd'"},
      {"steps = [{ expect = { delivered = { to = \"relay.0\" } } }]",
       "8:42 a case has no mailbox called 'relay.0'"},
      {"steps = [{ send = \"x\", split = \"each\" }]", "8:32 'each' is no way to cut"},
      {"steps = [{ send = \"x\", split = [0] }]", "8:33 a cut at 0 cuts nothing"},
      {"steps = [{ send = \"x\", gap = \"5ms\" }]", "8:30 'gap' needs a 'split' beside it"},
      {"steps = [{ auth = \"PLAIN\", gap = \"5ms\" }]", "8:28 unknown key 'gap' in a step with 'auth'"},
      {"steps = [{ pause = \"5ms\", expect = 250 }]", "8:27 unknown key 'expect' in a step with 'pause'"},
      {"steps = [{ close = \"rst\", expect = \"close\" }]", "8:20 behind this nothing can be read"},
      {"steps = [{ starttls = false }]", "8:23 'starttls' can only be true"},
      {"steps = [{ collect = \"all\" }]", "8:22 'all' is nothing to collect"},
      {"steps = [{ repeat = 2 }]", "8:10 a step with 'repeat' needs 'steps'"},
      {"steps = [{ repeat = \"twice\", steps = [{ send = \"x\" }] }]", "8:21 'twice' is no number"},
      {"steps = [{ group = [{ pause = \"1s\" }] }]", "8:21 in a group only what sends may stand"},
      {"steps = [{ group = [{ send = \"x\", session = \"\" }] }]",
       "8:45 'session' can't stand inside a group: all goes out at once"},
      {"steps = [{ send = \"x\", session = \"other\" }]", "8:10 no step opens the session 'other'"},
      {"steps = [{ send = \"x\", expect = { same_as = \"first\" } }]", "8:10 no answer is called 'first'"},
      {"steps = [{ send = \"x\", as = \"first\" }]", "8:29 'as' needs an answer"},
      {"steps = [{ send = \"x\", outcome = \"y\" }]", "8:34 'outcome' belongs to an 'expect'"},
      {"steps = [{ send = \"x\", capture = { \"a-b\" = 'x' }, expect = 250 }]",
       "8:36 'a-b' is no name for a variable"},
      {"steps = [{ send = \"{fill(}\" }]", "8:26 here a number, a variable or a function must stand"},
      {"steps = [{ send = \"\\u00e9{fill(}\" }]", "8:32 here a number, a variable or a function must stand"},
      {"steps = [{ send = \"\u00e9\u00e9\", expect = 25 }]", "8:36 '25' is no reply code"},
      {"steps = [{ send = \"x\" }]\nneeds = [\"chunking\"]",
       "9:9 'chunking' is nothing that a target can offer"},
      {"steps = [{ send = \"x\" }]\nneeds = [\"recipients\"]",
       "9:9 'recipients' is nothing that a target can offer"},
      {"steps = [{ send = \"x\" }]\nrule = { text = \"y\", level = \"MUST\" }",
       "9:8 a scenario has 'covers' or 'rule'"},
      {"steps = [{ send = \"x\" }]\nhelo = true\nmail_parameters = \"SIZE=1\"",
       "10:19 behind HELO a MAIL command has no parameters"},
      {"steps = [{ send = \"x\" }]\neach = []", "9:8 'each' has no rows"},
      {"steps = [{ send = \"x\" }]\neach = [{ a = 1 }]", "9:9 a row needs 'name'"},
      {"steps = [{ send = \"x\" }]\neach = [{ name = \"A B\" }]", "9:18 'A B' is no name for a row"},
      {"steps = [{ send = \"x\" }]\neach = [{ name = \"a\" }, { name = \"a\" }]",
       "9:25 another row is called 'a' too"},
      {"steps = [{ send = \"x\" }]\neach = [{ name = \"a\", b = 1 }, { name = \"c\" }]",
       "9:32 the row 'c' has no column 'b', which other rows have"},
      {"steps = [{ send = \"x\" }]\neach = [{ name = \"a\", sender = 1 }]",
       "9:23 the column 'sender' would hide a variable"},
      {"steps = [{ send = \"x\" }]\neach = [{ name = \"a\", \"b-c\" = 1 }]",
       "9:23 'b-c' is no name for a column"},
      {"steps = [{ send = \"x{b}\" }]\neach = [{ name = \"a\", b = [1] }]",
       "9:27 this can't stand inside a text"},
      {"steps = [{ send = \"x\", expect = \"{b}\" }]\neach = [{ name = \"a\", b = \"25\" }]",
       "9:27 '25' is no reply code"},
      {"steps = [{ send = \"x\" }]\n[[scenario]]\nid = \"x\"\ntitle = \"Y\"\nsteps = [{ send = \"x\" }]",
       "9:1 this scenario says not what it checks; 10:6 another scenario of this file has the id 'x' too"},
  };
  for (const auto& row : table) EXPECT_EQ(wrong(row.lines), row.problems) << row.lines;
}

TEST(Loader, RowsShareTheirProblems) {
  EXPECT_EQ(wrong("each = [{ name = \"a\" }, { name = \"b\" }]\nsteps = [{ send = \"x\", expect = 25 }]"),
            "9:33 '25' is no reply code");
}

TEST(Loader, ASyntaxErrorStandsAlone) {
  const auto file = load_text("spec = 1\ntitle = \n", "s.toml", "p");
  ASSERT_EQ(file.problems().size(), 1u);
  EXPECT_EQ(file.problems()[0].position.line, 2u);
}

TEST(LoaderTest, HeadsAloneHaveEachRowsIdAndTitleAndNoSteps) {
  const auto file = load_text(R"(
spec = "RFC 5321"
section = "4"
title = "T"
since = "0.1"
[[scenario]]
id = "x"
title = "X"
covers = ["MUST-1"]
tags = ["odd"]
each = [ { name = "a", octets = "a" }, { name = "b", octets = "b", title = "B" } ]
steps = [ { send = "{octets}", expect = 250 } ]
)",
                              "t.toml", "t", Extent::heads);
  ASSERT_TRUE(file) << base::format(file.problems());
  ASSERT_EQ(file->cases.size(), 2u);
  EXPECT_EQ(file->cases[0].id, "t/x/a");
  EXPECT_EQ(file->cases[1].title, "B");
  EXPECT_EQ(file->cases[1].tags, std::vector<std::string>{"odd"});
  EXPECT_TRUE(file->cases[0].steps.empty());
  EXPECT_TRUE(file->remarks.empty());
}

}  // namespace
}  // namespace smtpspec::scenario
