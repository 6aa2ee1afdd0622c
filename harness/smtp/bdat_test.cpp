// SPDX-License-Identifier: Apache-2.0
#include "smtp/bdat.hpp"

#include <gtest/gtest.h>

namespace smtpspec::smtp {
namespace {

TEST(BdatArgument, IsASizeAndPerhapsLast) {
  EXPECT_EQ(parse_bdat_argument("86"), (BdatArgument{86, false}));
  EXPECT_EQ(parse_bdat_argument("86 LAST"), (BdatArgument{86, true}));
  EXPECT_EQ(parse_bdat_argument("0 last"), (BdatArgument{0, true}));
  EXPECT_EQ(parse_bdat_argument("007"), (BdatArgument{7, false}));
  EXPECT_EQ(parse_bdat_argument("5  "), (BdatArgument{5, false}));
  EXPECT_EQ(parse_bdat_argument("5 LAST "), (BdatArgument{5, true}));
  EXPECT_EQ(parse_bdat_argument("18446744073709551615"), (BdatArgument{18446744073709551615U, false}));
}

TEST(BdatArgument, NothingElse) {
  for (const char* text : {"", " ", "LAST", " 5", "-1", "+5", "5LAST", "5  LAST", "5 LAS", "5 LAST x", "5 6",
                           "0x10", "5.0", "5\tLAST", "18446744073709551616", "99999999999999999999999"}) {
    EXPECT_EQ(parse_bdat_argument(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace smtpspec::smtp
