// SPDX-License-Identifier: Apache-2.0
#include "smtp/base64.hpp"

#include <utility>

#include <gtest/gtest.h>

namespace smtpspec::smtp {
namespace {

using namespace std::string_literals;

TEST(Base64, BothWays) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\0user\0pass"s, "AHVzZXIAcGFzcw=="},
      {"\xfb\xef\xff", "++//"},
  };
  for (const auto& [octets, text] : cases) {
    EXPECT_EQ(encode_base64(octets), text);
    EXPECT_EQ(decode_base64(text), octets);
  }
}

TEST(Base64, EveryOctetComesBack) {
  std::string octets;
  for (int i = 0; i < 256; ++i) {
    octets += static_cast<char>(i);
    EXPECT_EQ(decode_base64(encode_base64(octets)), octets);
  }
}

TEST(Base64, MalformedIsTold) {
  for (const char* text : {"Z",     "Zg",     "Zg=",      "Zm8",      "Zm9v=",
                           "=",     "====",   "Z===",     "Zg==Zg==", "Zg= =",
                           "Zm 9v", "Zm9v\n", "Zm9v\r\n", "Zm9-",     "Zm9_",
                           "Zh==",  "Zm9=",   "*",        "Zm=v",     "\xff\xff\xff\xff",
                           " Zm9v"}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace smtpspec::smtp
