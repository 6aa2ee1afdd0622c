// SPDX-License-Identifier: Apache-2.0
#include "smtp/reply.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace smtpspec::smtp {
namespace {

using State = ReplyParser::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::string_literals;

constexpr auto complete = State::complete;
constexpr auto malformed = State::malformed;
constexpr auto need_more = State::need_more;

struct Fed {
  State state = State::need_more;
  Reply reply;
};

/// Feeds bytes through a lenient splitter until the parser has an answer; a rest without ending is fed as it
/// is.
Fed parse(std::string_view bytes, ReplyParser parser = ReplyParser()) {
  LineSplitter splitter(LinePolicy::lf_too);
  splitter.feed(bytes);
  Fed fed;
  while (fed.state == need_more) {
    const auto line = splitter.next();
    if (!line) break;
    fed.state = parser.feed(*line);
  }
  if (fed.state == need_more && !splitter.pending().empty()) {
    fed.state = parser.feed(LineView{splitter.pending(), Ending::none});
  }
  fed.reply = parser.take();
  return fed;
}

struct ReplyCase {
  std::string name;
  std::string bytes;
  State state;
  int code;
  std::vector<ReplyFault> faults;
};

class ReplyParsing : public ::testing::TestWithParam<ReplyCase> {};

TEST_P(ReplyParsing, Table) {
  const ReplyCase& wanted = GetParam();
  const Fed fed = parse(wanted.bytes);
  EXPECT_EQ(fed.state, wanted.state);
  EXPECT_EQ(fed.reply.code, wanted.code);
  EXPECT_EQ(fed.reply.faults, wanted.faults);
  EXPECT_EQ(fed.reply.usable(), wanted.state == complete);
  EXPECT_EQ(fed.reply.raw(), wanted.bytes);
}

using F = ReplyFault;

std::string line_of(std::size_t octets, const std::string& beginning) {
  return beginning + std::string(octets - beginning.size() - 2, 'x') + "\r\n";
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Good, ReplyParsing, ::testing::Values(
    ReplyCase{"one_line", "250 ok\r\n", complete, 250, {}},
    ReplyCase{"no_text", "250 \r\n", complete, 250, {}},
    ReplyCase{"two_lines", "250-a\r\n250 b\r\n", complete, 250, {}},
    ReplyCase{"empty_text_before_the_last", "250-\r\n250 b\r\n", complete, 250, {}},
    ReplyCase{"tab_in_text", "250 a\tb\r\n", complete, 250, {}},
    ReplyCase{"highest_code", "559 x\r\n", complete, 559, {}},
    ReplyCase{"lowest_code", "200 x\r\n", complete, 200, {}},
    ReplyCase{"exactly_512_octets", line_of(512, "250 "), complete, 250, {}},
    ReplyCase{"long_challenge", line_of(12288 + 6, "334 "), complete, 334, {}},
    ReplyCase{"not_yet_complete", "250-a\r\n", need_more, 250, {}},
    ReplyCase{"nothing", "", need_more, 0, {}}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Noted, ReplyParsing, ::testing::Values(
    ReplyCase{"bare_code", "250\r\n", complete, 250, {F::bare_code}},
    ReplyCase{"bare_code_ends_several_lines", "250-a\r\n250\r\n", complete, 250, {F::bare_code}},
    ReplyCase{"code_changes_at_the_end", "250-a\r\n251 b\r\n", complete, 251, {F::code_changed}},
    ReplyCase{"code_changes_in_the_middle", "250-a\r\n550-b\r\n250 c\r\n", complete, 250, {F::code_changed}},
    ReplyCase{"first_digit_1", "150 x\r\n", complete, 150, {F::code_out_of_range}},
    ReplyCase{"first_digit_6", "650 x\r\n", complete, 650, {F::code_out_of_range}},
    ReplyCase{"second_digit_6", "260 x\r\n", complete, 260, {F::code_out_of_range}},
    ReplyCase{"leading_zero", "025 x\r\n", complete, 25, {F::code_out_of_range}},
    ReplyCase{"too_long_by_one", line_of(513, "250 "), complete, 250, {F::line_too_long}},
    ReplyCase{"challenge_too_long_by_one", line_of(12289 + 6, "334 "), complete, 334, {F::line_too_long}},
    ReplyCase{"lf_only", "250 a\n", complete, 250, {F::lf_only}},
    ReplyCase{"lf_in_one_line_of_two", "250-a\n250 b\r\n", complete, 250, {F::lf_only}},
    ReplyCase{"cr_in_text", "250 a\rb\r\n", complete, 250, {F::bare_cr}},
    ReplyCase{"crcrlf", "250 a\r\r\n", complete, 250, {F::bare_cr}},
    ReplyCase{"nul", "250 a\0b\r\n"s, complete, 250, {F::nul}},
    ReplyCase{"control", "250 \x1b[2J\r\n", complete, 250, {F::control_character}},
    ReplyCase{"del", "250 \x7f\r\n", complete, 250, {F::control_character}},
    ReplyCase{"eight_bit", "250 gr\xc3\xbc\r\n", complete, 250, {F::eight_bit}},
    ReplyCase{"several_at_once", "199-\x01\n250 \xff\r\n", complete, 250,
              {F::code_out_of_range, F::lf_only, F::control_character, F::code_changed, F::eight_bit}}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Unusable, ReplyParsing, ::testing::Values(
    ReplyCase{"empty_line", "\r\n", malformed, 0, {F::no_code}},
    ReplyCase{"text_alone", "hello there\r\n", malformed, 0, {F::no_code}},
    ReplyCase{"two_digits", "25 ok\r\n", malformed, 0, {F::no_code}},
    ReplyCase{"leading_space", " 250 ok\r\n", malformed, 0, {F::no_code}},
    ReplyCase{"letter_in_code", "2x0 ok\r\n", malformed, 0, {F::no_code}},
    ReplyCase{"all_zero", "000 ok\r\n", malformed, 0, {F::no_code}},
    ReplyCase{"http", "HTTP/1.1 400 Bad Request\r\n", malformed, 0, {F::no_code}},
    ReplyCase{"second_line_without_code", "250-a\r\nb\r\n", malformed, 250, {F::no_code}},
    ReplyCase{"four_digits", "2500 ok\r\n", malformed, 250, {F::bad_separator}},
    ReplyCase{"tab_after_code", "250\tok\r\n", malformed, 250, {F::bad_separator}},
    ReplyCase{"underscore", "250_ok\r\n", malformed, 250, {F::bad_separator}},
    ReplyCase{"cr_after_code", "250\r\r\n", malformed, 250, {F::bad_separator}},
    ReplyCase{"cut_off", "250 o", malformed, 250, {F::cut_off}},
    ReplyCase{"cut_off_within_code", "25", malformed, 0, {F::cut_off, F::no_code}}),
    [](const auto& test) { return test.param.name; });
// clang-format on

TEST(ReplyParser, FaultsStandWithTheirLines) {
  const Reply reply = parse("250-a\r\n251-b\n250 c\r\n").reply;
  ASSERT_EQ(reply.lines.size(), 3U);
  EXPECT_THAT(reply.lines[0].faults, IsEmpty());
  EXPECT_THAT(reply.lines[1].faults, ElementsAre(F::code_changed, F::lf_only));
  EXPECT_THAT(reply.lines[2].faults, IsEmpty());
  EXPECT_EQ(reply.lines[1].ending, Ending::lf);
  EXPECT_EQ(reply.lines[1].code, 251);
}

TEST(ReplyParser, TextAndDigits) {
  const Reply reply = parse("550-5.1.1 no\r\n550 such user\r\n").reply;
  EXPECT_EQ(reply.text(), "5.1.1 no\nsuch user");
  EXPECT_EQ(reply.lines[0].raw_text, "550-5.1.1 no");
  EXPECT_EQ(reply.first_digit(), 5);
  EXPECT_EQ(reply.second_digit(), 5);
}

TEST(ReplyParser, TakeStartsAnew) {
  ReplyParser parser;
  EXPECT_EQ(parser.feed(Line{"250-a", Ending::crlf}), need_more);
  EXPECT_TRUE(parser.in_progress());
  EXPECT_EQ(parser.take().lines.size(), 1U);
  EXPECT_FALSE(parser.in_progress());
  EXPECT_EQ(parser.feed(Line{"354 go", Ending::crlf}), complete);
  EXPECT_EQ(parser.take().faults, std::vector<ReplyFault>{});
}

TEST(ReplyParser, AnOverlongLineIsEndless) {
  ReplyParser parser;
  EXPECT_EQ(parser.feed(LineView{"250 aaaa", Ending::none, true}), malformed);
  EXPECT_THAT(parser.reply().faults, ElementsAre(F::endless_line));
}

TEST(ReplyParser, TheNumberOfLinesIsBounded) {
  ReplyParser parser(3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(parser.feed(Line{"250-a", Ending::crlf}), need_more);
  EXPECT_EQ(parser.feed(Line{"250-a", Ending::crlf}), malformed);
  EXPECT_THAT(parser.take().faults, ElementsAre(F::too_many_lines));
}

TEST(ReplyParser, TheNumberOfOctetsIsBounded) {
  ReplyParser parser(1000, 20);
  EXPECT_EQ(parser.feed(Line{"250-345678", Ending::crlf}), need_more);
  EXPECT_EQ(parser.feed(Line{"250 345678", Ending::crlf}), malformed);
  EXPECT_THAT(parser.take().faults, ElementsAre(F::too_many_octets));
  EXPECT_EQ(parser.feed(Line{"250 345678", Ending::crlf}), complete);
}

TEST(ReplyParser, AStrictSplittersLfIsSeenInTheText) {
  ReplyParser parser;
  EXPECT_EQ(parser.feed(Line{"250-a\n250 b", Ending::crlf}), need_more);
  EXPECT_THAT(parser.reply().faults, ElementsAre(F::lf_only));
}

TEST(ReplyFault, EachHasAName) {
  for (int i = 0; i <= static_cast<int>(F::eight_bit); ++i)
    EXPECT_NE(to_string(static_cast<F>(i)), "unknown");
}

}  // namespace
}  // namespace smtpspec::smtp
