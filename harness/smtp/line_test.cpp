// SPDX-License-Identifier: Apache-2.0
#include "smtp/line.hpp"

#include <vector>

#include <gmock/gmock.h>

namespace smtpspec::smtp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Line> all_lines(LineSplitter& splitter) {
  std::vector<Line> lines;
  while (const auto line = splitter.next()) lines.push_back(line->to_line());
  return lines;
}

struct SplitCase {
  std::string name;
  LinePolicy policy;
  std::string input;
  std::vector<Line> lines;
  std::string pending;
};

class LineSplitting : public ::testing::TestWithParam<SplitCase> {};

TEST_P(LineSplitting, InOnePiece) {
  LineSplitter splitter(GetParam().policy);
  splitter.feed(GetParam().input);
  EXPECT_EQ(all_lines(splitter), GetParam().lines);
  EXPECT_EQ(splitter.pending(), GetParam().pending);
}

TEST_P(LineSplitting, OctetByOctet) {
  LineSplitter splitter(GetParam().policy);
  std::vector<Line> lines;
  for (const char octet : GetParam().input) {
    splitter.feed(std::string_view(&octet, 1));
    for (Line& line : all_lines(splitter)) lines.push_back(std::move(line));
  }
  EXPECT_EQ(lines, GetParam().lines);
  EXPECT_EQ(splitter.pending(), GetParam().pending);
}

using namespace std::string_literals;

constexpr auto strict = LinePolicy::crlf_only;
constexpr auto lenient = LinePolicy::lf_too;
constexpr auto any = LinePolicy::lf_and_cr_too;

// clang-format off
INSTANTIATE_TEST_SUITE_P(Table, LineSplitting, ::testing::Values(
    SplitCase{"nothing", strict, "", {}, ""},
    SplitCase{"crlf", strict, "a\r\nb\r\n", {{"a", Ending::crlf}, {"b", Ending::crlf}}, ""},
    SplitCase{"empty_lines", strict, "\r\n\r\n", {{"", Ending::crlf}, {"", Ending::crlf}}, ""},
    SplitCase{"rest_is_pending", strict, "a\r\nbc", {{"a", Ending::crlf}}, "bc"},
    SplitCase{"half_an_ending", strict, "a\r", {}, "a\r"},
    SplitCase{"strict_keeps_lf", strict, "a\nb\r\n", {{"a\nb", Ending::crlf}}, ""},
    SplitCase{"strict_waits_after_lf", strict, "a\n", {}, "a\n"},
    SplitCase{"strict_keeps_cr", strict, "a\rb\r\r\n", {{"a\rb\r", Ending::crlf}}, ""},
    SplitCase{"strict_lf_cr", strict, "a\n\r\n", {{"a\n", Ending::crlf}}, ""},
    SplitCase{"nul_stays", strict, "a\0b\r\n"s, {{"a\0b"s, Ending::crlf}}, ""},
    SplitCase{"lenient_lf", lenient, "a\nb\r\n\n", {{"a", Ending::lf}, {"b", Ending::crlf}, {"", Ending::lf}}, ""},
    SplitCase{"lenient_cr_stays", lenient, "a\rb\n", {{"a\rb", Ending::lf}}, ""},
    SplitCase{"lenient_crcrlf", lenient, "a\r\r\n", {{"a\r", Ending::crlf}}, ""},
    SplitCase{"any_cr", any, "a\rb\nc\r\nd", {{"a", Ending::cr}, {"b", Ending::lf}, {"c", Ending::crlf}}, "d"},
    SplitCase{"any_cr_waits_for_its_lf", any, "a\r", {}, "a\r"},
    SplitCase{"any_crcrlf", any, "a\r\r\n", {{"a", Ending::cr}, {"", Ending::crlf}}, ""}),
    [](const auto& test) { return test.param.name; });
// clang-format on

TEST(LineSplitter, RawGivesBackTheBytes) {
  EXPECT_EQ((Line{"a", Ending::crlf}).raw(), "a\r\n");
  EXPECT_EQ((Line{"a", Ending::lf}).raw(), "a\n");
  EXPECT_EQ((Line{"a", Ending::cr}).raw(), "a\r");
  EXPECT_EQ((Line{"a", Ending::none}).raw(), "a");
}

TEST(LineSplitter, ALineOfExactlyTheBoundIsWhole) {
  LineSplitter splitter(strict, 8);
  splitter.feed("123456\r\n");
  const auto line = splitter.next();
  ASSERT_TRUE(line);
  EXPECT_FALSE(line->overlong);
  EXPECT_EQ(line->text, "123456");
}

TEST(LineSplitter, ALongerLineComesInMarkedPiecesAndTheNextIsWhole) {
  LineSplitter splitter(strict, 8);
  splitter.feed("1234567\r\nabc\r\n");
  const auto first = splitter.next();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->overlong);
  EXPECT_EQ(first->text, "1234567");  // the CR waits for its LF
  EXPECT_EQ(first->ending, Ending::none);
  const auto last = splitter.next();
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->overlong);
  EXPECT_EQ(last->text, "");
  EXPECT_EQ(last->ending, Ending::crlf);
  const auto next = splitter.next();
  ASSERT_TRUE(next);
  EXPECT_FALSE(next->overlong);
  EXPECT_EQ(next->text, "abc");
}

TEST(LineSplitter, AnEndlessLineNeverMakesTheBufferGrow) {
  LineSplitter splitter(lenient, 64);
  std::size_t octets = 0;
  for (int i = 0; i < 1000; ++i) {
    splitter.feed("0123456789");
    while (const auto piece = splitter.next()) octets += piece->text.size();
    EXPECT_LT(splitter.pending().size(), 64U);
  }
  EXPECT_EQ(octets + splitter.pending().size(), 10000U);
}

TEST(LineSplitter, PendingCanBeTakenAsContent) {
  LineSplitter splitter(strict);
  splitter.feed("BDAT 4\r\n\r\n\r\nNOOP\r\n");
  EXPECT_EQ(splitter.next()->text, "BDAT 4");
  EXPECT_EQ(splitter.pending().substr(0, 4), "\r\n\r\n");
  splitter.consume(4);
  EXPECT_EQ(splitter.next()->text, "NOOP");
}

TEST(LineSplitter, ClearForgetsWhatCameBeforeTls) {
  LineSplitter splitter(strict);
  splitter.feed("STARTTLS\r\nNOOP\r\nMA");
  EXPECT_EQ(splitter.next()->text, "STARTTLS");
  EXPECT_EQ(splitter.pending(), "NOOP\r\nMA");
  splitter.clear();
  EXPECT_EQ(splitter.pending(), "");
  splitter.feed("IL\r\n");
  EXPECT_EQ(splitter.next()->text, "IL");
}

TEST(LineSplitter, ConsumeWithinAScannedLineStartsTheScanAnew) {
  LineSplitter splitter(strict);
  splitter.feed("abc");
  EXPECT_FALSE(splitter.next());
  splitter.consume(2);
  splitter.feed("d\r\n");
  EXPECT_EQ(splitter.next()->text, "cd");
}

}  // namespace
}  // namespace smtpspec::smtp
