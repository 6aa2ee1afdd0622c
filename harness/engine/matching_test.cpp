// SPDX-License-Identifier: Apache-2.0
#include "engine/matching.hpp"

#include <gtest/gtest.h>

#include "engine/played_case_test.hpp"

namespace smtpspec::engine {
namespace {

using Grade = Match::Grade;

const scenario::Variables no_variables = [](std::string_view) { return std::nullopt; };

/// The condition of `expect = ...`, as the loader reads it.
scenario::Condition condition(const std::string& expect) {
  const auto one = one_case(
      "steps = [ { expect = 220, as = 'first' }, { expect = 220, as = 'unheard' }, { expect = " + expect +
      " } ]");
  if (one.steps.empty()) return {};
  const auto* expectation = std::get_if<scenario::Expectation>(&one.steps.back().answer);
  return expectation ? expectation->condition : scenario::Condition{};
}

/// A reply event from octets; a whole reply stands in them.
Event reply(std::string_view octets) {
  smtp::LineSplitter lines(smtp::LinePolicy::lf_too);
  smtp::ReplyParser parser;
  lines.feed(octets);
  while (const auto line = lines.next()) {
    if (parser.feed(*line) != smtp::ReplyParser::State::need_more) break;
  }
  Event event;
  event.kind = Event::Kind::reply;
  event.reply = parser.take();
  return event;
}

Event closed() {
  Event event;
  event.kind = Event::Kind::closed;
  event.detail = "peer closed (FIN)";
  return event;
}

Event silence() {
  return {};
}

struct MatchCase {
  const char* expect;
  Event event;
  Grade grade;
};

const MatchCase match_cases[] = {
    {"250", reply("250 ok\r\n"), Grade::holds},
    {"250", reply("251 ok\r\n"), Grade::near},
    {"250", reply("350 ok\r\n"), Grade::no},
    {"250", reply("450 no\r\n"), Grade::no},
    {"250", reply("550 no\r\n"), Grade::no},
    {"{ reply = 250, exact = true }", reply("251 ok\r\n"), Grade::no},
    {"'2xx'", reply("251 ok\r\n"), Grade::holds},
    {"501", reply("500 no\r\n"), Grade::near},
    {"501", reply("421 no\r\n"), Grade::near},  // a 4yz for a 5yz is a refusal all the same
    {"501", reply("250 no\r\n"), Grade::no},
    {"'5xx'", reply("450 no\r\n"), Grade::near},
    {"{ reply = 501, exact = true }", reply("451 no\r\n"), Grade::no},
    {"'4xx'", reply("550 no\r\n"), Grade::no},  // a permanent answer is no temporary one
    {"'4xx|5xx'", reply("421 no\r\n"), Grade::holds},
    {"354", reply("250 ok\r\n"), Grade::no},
    {"250", closed(), Grade::no},
    {"250", silence(), Grade::no},
    {"250", reply("25 ok\r\n"), Grade::no},  // malformed
    {"{ reply = 250, enhanced = '2.1.x' }", reply("250 2.1.5 ok\r\n"), Grade::holds},
    {"{ reply = 250, enhanced = '2.1.x' }", reply("250 2.2.5 ok\r\n"), Grade::no},
    {"{ reply = 250, enhanced = '2.1.x' }", reply("250 ok\r\n"), Grade::no},
    {"{ reply = 250, enhanced = 'none' }", reply("250 ok\r\n"), Grade::holds},
    {"{ reply = 250, enhanced = 'none' }", reply("250 2.0.0 ok\r\n"), Grade::no},
    {"{ reply = 250, enhanced = '2.1.x' }", reply("251 2.1.5 ok\r\n"), Grade::near},
    {"{ keyword = '^SIZE' }", reply("250-mx\r\n250 SIZE 10\r\n"), Grade::holds},
    {"{ keyword = '^SIZE' }", reply("250-mx\r\n250 DSN\r\n"), Grade::no},
    {"{ no_keyword = 'SIZE' }", reply("250-mx\r\n250 size\r\n"), Grade::no},
    {"{ no_keyword = 'SIZE' }", reply("250-mx\r\n250 DSN\r\n"), Grade::holds},
    {"{ lines = 1 }", reply("250 ok\r\n"), Grade::holds},
    {"{ lines = '2..' }", reply("250 ok\r\n"), Grade::no},
    {"{ text = 'o.$' }", reply("250 ok\r\n"), Grade::holds},
    {"{ text = '^no' }", reply("250 ok\r\n"), Grade::no},
    {"{ ending = 'crlf' }", reply("250 ok\r\n"), Grade::holds},
    {"{ ending = 'crlf' }", reply("250-a\n250 ok\r\n"), Grade::no},
    {"'close'", closed(), Grade::holds},
    {"'close'", reply("250 ok\r\n"), Grade::no},
    {"'close'", silence(), Grade::no},
    {"{ closed = false, reply = 250 }", reply("250 ok\r\n"), Grade::holds},
    {"{ silence = true, within = '1s' }", silence(), Grade::holds},
    {"{ silence = true, within = '1s' }", reply("250 ok\r\n"), Grade::no},
    {"{ silence = true, within = '1s' }", closed(), Grade::no},
    {"{ same_as = 'first' }", reply("550 no\r\n"), Grade::holds},
    {"{ same_as = 'first' }", reply("551 no\r\n"), Grade::no},
    {"{ same_as = 'unheard' }", reply("550 no\r\n"), Grade::no},
    {"{ replies = [250] }", reply("250 ok\r\n"), Grade::no},  // nothing was collected
};

TEST(Matching, OneEvent) {
  const LabelledCodes labelled{{"first", 550}};
  for (const auto& one : match_cases) {
    SCOPED_TRACE(std::string(one.expect) + " <- " + describe(one.event));
    Observation seen;
    seen.event = &one.event;
    const auto match_found = match(condition(one.expect), seen, labelled, no_variables);
    EXPECT_EQ(match_found.grade, one.grade) << match_found.why;
    EXPECT_EQ(match_found.why.empty(), one.grade == Grade::holds);
  }
}

TEST(Matching, TheEndAfterAReply) {
  const auto wanted = condition("{ reply = 421, closed = true }");
  const auto event = reply("421 bye\r\n");
  Observation seen;
  seen.event = &event;
  EXPECT_EQ(match(wanted, seen, {}, no_variables).grade, Grade::no);
  seen.closed_after = true;
  EXPECT_EQ(match(wanted, seen, {}, no_variables).grade, Grade::holds);
  EXPECT_EQ(match(condition("{ reply = 421, closed = false }"), seen, {}, no_variables).grade, Grade::no);
}

TEST(Matching, WhenAReplyCame) {
  auto event = reply("250 ok\r\n");
  Observation seen;
  seen.event = &event;
  event.at = seen.sent_at + std::chrono::milliseconds(300);
  EXPECT_EQ(match(condition("{ reply = 250, within = '1s' }"), seen, {}, no_variables).grade, Grade::holds);
  EXPECT_EQ(match(condition("{ reply = 250, within = '200ms' }"), seen, {}, no_variables).grade, Grade::no);
  EXPECT_EQ(match(condition("{ reply = 250, not_before = '1s' }"), seen, {}, no_variables).grade, Grade::no);
  EXPECT_EQ(match(condition("{ reply = 250, not_before = '100ms' }"), seen, {}, no_variables).grade,
            Grade::holds);
}

TEST(Matching, AHandshake) {
  Observation seen;
  seen.tls = true;
  EXPECT_EQ(match(condition("{ tls = true }"), seen, {}, no_variables).grade, Grade::holds);
  EXPECT_EQ(match(condition("{ tls = false }"), seen, {}, no_variables).grade, Grade::no);
}

struct CollectionCase {
  const char* expect;
  std::vector<Event> events;
  Grade grade;
};

const CollectionCase collection_cases[] = {
    {"{ replies = [250, 221] }", {reply("250 a\r\n"), reply("221 b\r\n"), closed()}, Grade::holds},
    {"{ replies = [250, 221] }", {reply("250 a\r\n"), closed()}, Grade::no},
    {"{ replies = [250, 221] }", {reply("250 a\r\n"), reply("221 b\r\n"), reply("221 b\r\n")}, Grade::no},
    {"{ replies = [250, 221] }", {reply("221 a\r\n"), reply("250 b\r\n"), closed()}, Grade::near},
    {"{ replies = ['4xx|5xx', 221] }", {reply("451 a\r\n"), reply("221 b\r\n"), closed()}, Grade::holds},
    {"{ replies = [250] }", {reply("2x0 a\r\n"), closed()}, Grade::no},
    {"{ replies = 'more than 2' }", {reply("250 a\r\n"), reply("221 b\r\n"), closed()}, Grade::no},
    {"{ replies = 'more than 2' }",
     {reply("250 a\r\n"), reply("250 a\r\n"), reply("221 b\r\n")},
     Grade::holds},
    {"{ replies = [250], closed = true }", {reply("250 a\r\n"), closed()}, Grade::holds},
    {"{ replies = [250], closed = true }", {reply("250 a\r\n"), silence()}, Grade::no},
    {"{ replies = [250], closed = false }", {reply("250 a\r\n"), silence()}, Grade::holds},
    {"{ reply = 221 }", {reply("250 a\r\n"), reply("221 b\r\n"), closed()}, Grade::holds},  // the last one
    {"{ reply = 250 }", {closed()}, Grade::no},
    {"'close'", {closed()}, Grade::holds},
};

TEST(Matching, ACollection) {
  for (const auto& one : collection_cases) {
    SCOPED_TRACE(std::string(one.expect) + " <- " + describe(one.events));
    Observation seen;
    seen.collection = &one.events;
    const auto match_found = match(condition(one.expect), seen, {}, no_variables);
    EXPECT_EQ(match_found.grade, one.grade) << match_found.why;
  }
}

TEST(Matching, InWords) {
  EXPECT_EQ(describe({reply("250 a\r\n"), reply("221 b\r\n"), closed()}),
            "250, 221, then the stream ended: peer closed (FIN)");
  EXPECT_EQ(describe(std::vector<Event>{}), "nothing");
  EXPECT_EQ(describe(condition("{ reply = 250, enhanced = '2.1.x' }")), "reply 250, enhanced code 2.1.x");
  EXPECT_EQ(describe(silence()), "silence");
}

}  // namespace
}  // namespace smtpspec::engine
