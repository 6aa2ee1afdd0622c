// SPDX-License-Identifier: Apache-2.0
#include "scenario/payload.hpp"

#include <gtest/gtest.h>

namespace smtpspec::scenario {
namespace {

TEST(Payload, ContentHasExactlyTheSizeAndShape) {
  for (std::size_t size = least_content; size < 700; ++size) {
    const auto made = content(size);
    ASSERT_EQ(made.size(), size);
    ASSERT_EQ(made.substr(0, 8), "Subject:") << size;
    ASSERT_NE(made.find("\r\n\r\n"), std::string::npos) << size;
    ASSERT_EQ(made.substr(made.size() - 2), "\r\n") << size;
    ASSERT_EQ(made.find("\n."), std::string::npos) << size;
    std::size_t begin = 0;
    for (auto end = made.find("\r\n"); end != std::string::npos; end = made.find("\r\n", begin)) {
      ASSERT_LE(end + 2 - begin, 78u) << size;
      begin = end + 2;
    }
    ASSERT_EQ(begin, made.size()) << size;
  }
}

TEST(Payload, FillRepeatsAndCuts) {
  EXPECT_EQ(fill(0), "");
  EXPECT_EQ(fill(28), "abcdefghijklmnopqrstuvwxyzab");
  EXPECT_EQ(fill(5, "xyz"), "xyzxy");
  EXPECT_EQ(fill(5, ""), "");
}

TEST(Payload, LinesAreJoinedNotEnded) {
  EXPECT_EQ(lines_of(0, 5), "");
  EXPECT_EQ(lines_of(1, 2), "ab");
  EXPECT_EQ(lines_of(3, 0), "\r\n\r\n");
}

TEST(Payload, EightBitIsValidUtf8) {
  EXPECT_EQ(eight_bit(4), "\xC3\xA9\xC3\xA9");
  EXPECT_EQ(eight_bit(1), "e");
  EXPECT_EQ(eight_bit(0), "");
}

}  // namespace
}  // namespace smtpspec::scenario
