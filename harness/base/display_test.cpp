// SPDX-License-Identifier: Apache-2.0
#include "base/display.hpp"

#include <gtest/gtest.h>

namespace smtpspec::base {
namespace {

using namespace std::string_literals;

struct DisplayCase {
  std::string bytes;
  std::string shown;
};

TEST(Display, EscapesWhatCouldActOnAReader) {
  const DisplayCase cases[] = {
      {"250 ok\r\n", "250 ok\\r\\n"},
      {"a\0b"s, "a\\0b"},
      {"tab\there", "tab\\there"},
      {"back\\slash", "back\\\\slash"},
      {"\x1b[31mred", "\\x1B[31mred"},
      {"\x7f", "\\x7F"},
      {"gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F"},
      {"\xC2\x9B", "\\xC2\\x9B"},             // C1: CSI
      {"\xE2\x80\xAEx", "\\xE2\\x80\\xAEx"},  // right-to-left override
      {"\xEF\xBB\xBF", "\\xEF\\xBB\\xBF"},    // byte order mark
      {"\xEF\xBF\xBE", "\\xEF\\xBF\\xBE"},    // U+FFFE
      {"\xEF\xBF\xBF", "\\xEF\\xBF\\xBF"},    // U+FFFF
      {"\xC0\xAF", "\\xC0\\xAF"},             // overlong
      {"\xED\xA0\x80", "\\xED\\xA0\\x80"},    // surrogate
      {"\xE2\x82", "\\xE2\\x82"},             // cut short
      {"\xF0\x9F\x93\xAC", "\xF0\x9F\x93\xAC"},
      {"\xFF\xFE", "\\xFF\\xFE"},
  };
  for (const auto& c : cases) EXPECT_EQ(escape_for_display(c.bytes), c.shown);
}

TEST(Display, SourceKeepsItsBackslashes) {
  EXPECT_EQ(show_source("send_raw = '\\r\\n'\t\x1b\\"), "send_raw = '\\r\\n'\\t\\x1B\\");
  EXPECT_EQ(show_source("\xE2\\\x80"), "\\xE2\\\\x80");
  EXPECT_EQ(show_source(""), "");
}

TEST(Display, UnescapeUndoesEscape) {
  for (int high = 0; high < 256; ++high) {
    const std::string bytes{static_cast<char>(high), 'x', '\\', '\r'};
    const auto back = unescape(escape_for_display(bytes));
    EXPECT_TRUE(back.ok());
    EXPECT_EQ(back.bytes, bytes);
  }
}

TEST(Display, UnknownEscapeIsReportedWhereItBegins) {
  EXPECT_EQ(unescape("ab\\q").bad_offset, 2u);
  EXPECT_EQ(unescape("ab\\x4").bad_offset, 2u);
  EXPECT_EQ(unescape("ab\\").bad_offset, 2u);
}

}  // namespace
}  // namespace smtpspec::base
