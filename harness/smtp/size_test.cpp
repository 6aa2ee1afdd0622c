// SPDX-License-Identifier: Apache-2.0
#include "smtp/size.hpp"

#include <gtest/gtest.h>

namespace smtpspec::smtp {
namespace {

TEST(SizeValue, OneToTwentyDigits) {
  EXPECT_EQ(parse_size_value("0"), 0U);
  EXPECT_EQ(parse_size_value("1000000"), 1000000U);
  EXPECT_EQ(parse_size_value("00000000000000000012"), 12U);
  EXPECT_EQ(parse_size_value("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(parse_size_value("18446744073709551616"), 18446744073709551615U);
  EXPECT_EQ(parse_size_value("99999999999999999999"), 18446744073709551615U);
}

TEST(SizeValue, NothingElse) {
  for (const char* text : {"", " ", "-1", "+1", "1 ", " 1", "1k", "0x1", "1.0", "000000000000000000001"}) {
    EXPECT_EQ(parse_size_value(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace smtpspec::smtp
