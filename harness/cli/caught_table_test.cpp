// SPDX-License-Identifier: Apache-2.0
#include "cli/caught_table.hpp"

#include <gtest/gtest.h>

namespace smtpspec::cli {
namespace {

TEST(CaughtTable, ReadsWhatItWrote) {
  const CaughtTable table{{"quiet", {}}, {"lf-dot-lf", {"a/b", "a/c"}}};
  const auto text = format_caught(table);
  EXPECT_NE(text.find("\nlf-dot-lf\ta/b a/c\n"), std::string::npos);
  EXPECT_EQ(parse_caught(text), table);
}

TEST(CaughtTable, CommentsAndStrangeLinesAreNoDefects) {
  EXPECT_TRUE(parse_caught("# a\tb\nno tab\n\n").empty());
  EXPECT_TRUE(read_caught("/nowhere/caught.tsv").empty());
}

}  // namespace
}  // namespace smtpspec::cli
