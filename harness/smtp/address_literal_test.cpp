// SPDX-License-Identifier: Apache-2.0
#include "smtp/address_literal.hpp"

#include <gtest/gtest.h>

namespace smtpspec::smtp {
namespace {

TEST(AddressLiteral, Good) {
  for (const char* text :
       {"[192.0.2.1]", "[0.0.0.0]", "[255.255.255.255]", "[001.02.3.4]", "[IPv6:::1]", "[IPv6:::]",
        "[ipv6:2001:db8::1]", "[IPv6:1:2:3:4:5:6:7:8]", "[IPv6:1:2:3:4:5:6:192.0.2.1]", "[IPv6:::192.0.2.1]",
        "[IPv6:1::192.0.2.1]", "[IPv6:1:2:3:4:5:6::]", "[IPv6:::3:4:5:6:7:8]", "[IPv6:1:2:3:4::192.0.2.1]",
        "[IPv6:ABCD:EF01::abcd]", "[x-tag:content]", "[7:!]"}) {
    EXPECT_TRUE(is_address_literal(text)) << text;
  }
}

TEST(AddressLiteral, Bad) {
  for (const char* text : {"",
                           "[]",
                           "[",
                           "192.0.2.1",
                           "[192.0.2.1",
                           "192.0.2.1]",
                           "[192.0.2]",
                           "[192.0.2.1.5]",
                           "[192.0.2.256]",
                           "[192.0.2.1000]",
                           "[192.0.2.]",
                           "[.0.2.1]",
                           "[192.0.2.1 ]",
                           "[ 192.0.2.1]",
                           "[192.0.2.0x1]",
                           "[IPv6:]",
                           "[IPv6:1]",
                           "[IPv6::]",
                           "[IPv6::1]",
                           "[IPv6:1:2:3:4:5:6:7]",
                           "[IPv6:1:2:3:4:5:6:7:8:9]",
                           "[IPv6:1:2:3:4:5:6:7::]",
                           "[IPv6:::2:3:4:5:6:7:8]",
                           "[IPv6:1::2::3]",
                           "[IPv6:12345::]",
                           "[IPv6:g::]",
                           "[IPv6:1:2:3:4:5:6:7:192.0.2.1]",
                           "[IPv6:192.0.2.1::]",
                           "[IPv6:1:2:3:4:5::192.0.2.1]",
                           "[IPv6:::1%eth0]",
                           "[IPv6:1:::2]",
                           "[IPv6:::1:]",
                           "[2001:db8::1 ]",
                           "[tag:]",
                           "[:x]",
                           "[tag-:x]",
                           "[t_g:x]",
                           "[tag:a b]",
                           "[tag:[]]",
                           "[tag:a\\b]",
                           "[tag]",
                           "[\xc3\xbc:x]"}) {
    EXPECT_FALSE(is_address_literal(text)) << text;
  }
}

}  // namespace
}  // namespace smtpspec::smtp
