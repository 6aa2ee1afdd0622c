// SPDX-License-Identifier: Apache-2.0
#include "smtp/xtext.hpp"

#include <gtest/gtest.h>

namespace smtpspec::smtp {
namespace {

using namespace std::string_literals;

TEST(Xtext, BothWays) {
  EXPECT_EQ(encode_xtext("a+b=c d"), "a+2Bb+3Dc+20d");
  EXPECT_EQ(decode_xtext("a+2Bb+3Dc+20d"), "a+b=c d");
  EXPECT_EQ(encode_xtext("\0\xff\x7f"s), "+00+FF+7F");
  EXPECT_EQ(decode_xtext(""), "");
  EXPECT_EQ(decode_xtext("+41"), "A");  // needless, but legal
  std::string octets;
  for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
  EXPECT_EQ(decode_xtext(encode_xtext(octets)), octets);
}

TEST(Xtext, MalformedIsTold) {
  for (const char* text :
       {"+", "a+", "+4", "+2b", "+G0", "+0G", "a=b", "a b", "a\tb", "\xff", "\x7f", "++41"}) {
    EXPECT_EQ(decode_xtext(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace smtpspec::smtp
