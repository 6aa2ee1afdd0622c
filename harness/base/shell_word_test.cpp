// SPDX-License-Identifier: Apache-2.0
#include "base/shell_word.hpp"

#include <gtest/gtest.h>

namespace smtpspec::base {
namespace {

TEST(ShellWord, IsQuotedWhereAShellWouldTakeItForItsOwn) {
  const struct {
    const char* word;
    const char* text;
  } cases[] = {
      {"rfc5321/4.5.2-transparency", "rfc5321/4.5.2-transparency"},
      {"postfix@trixie", "postfix@trixie"},
      {"a=b,c+d%", "a=b,c+d%"},
      {"", "''"},
      {"rfc5321/*", "'rfc5321/*'"},
      {"two words", "'two words'"},
      {"it's", "'it'\\''s'"},
      {"~", "'~'"},
      {"$x", "'$x'"},
      {"a\nb", "'a\nb'"},
      {"\xc3\xa9", "'\xc3\xa9'"},
  };
  for (const auto& one : cases) EXPECT_EQ(shell_word(one.word), one.text);
}

}  // namespace
}  // namespace smtpspec::base
