// SPDX-License-Identifier: Apache-2.0
#include "target/target.hpp"

#include <gtest/gtest.h>

namespace smtpspec::target {
namespace {

TEST(Endpoint, IsReadInEachForm) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:25"), wire::Endpoint(wire::TcpEndpoint{"127.0.0.1", 25}));
  EXPECT_EQ(parse_endpoint("mx.test:2525"), wire::Endpoint(wire::TcpEndpoint{"mx.test", 2525}));
  EXPECT_EQ(parse_endpoint("[::1]:25"), wire::Endpoint(wire::TcpEndpoint{"::1", 25}));
  EXPECT_EQ(parse_endpoint("unix:/run/x"), wire::Endpoint(wire::UnixEndpoint{"/run/x"}));
}

TEST(Endpoint, IsNothingElse) {
  for (const char* text : {"", ":25", "host", "host:", "host:0", "host:65536", "host:25x", "::1:25",
                           "[::1]25", "[::1:25", "[]:25", "a b:25", "unix:", "127.0.0.1:{port}"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

Target with_endpoint(const std::string& text) {
  Target target;
  target.name = "mine";
  target.endpoints[EndpointKind::smtp] = text;
  return target;
}

TEST(Remote, IsObjectedToUnlessAllowed) {
  const auto objection = remote_objection(with_endpoint("mx.example.com:25"), false);
  EXPECT_EQ(objection,
            "target 'mine': its smtp endpoint mx.example.com:25 is not on this machine; test servers of your "
            "own only, and "
            "say so with --allow-remote");
  EXPECT_FALSE(remote_objection(with_endpoint("mx.example.com:25"), true));
}

TEST(Remote, LoopbackIsNot) {
  for (const char* text : {"127.0.0.1:25", "127.9.9.9:25", "localhost:25", "[::1]:25", "unix:/run/x"}) {
    EXPECT_FALSE(remote_objection(with_endpoint(text), false)) << text;
  }
  EXPECT_TRUE(remote_objection(with_endpoint("10.0.0.1:25"), false));
  EXPECT_TRUE(remote_objection(with_endpoint("[fe80::1]:25"), false));
}

}  // namespace
}  // namespace smtpspec::target
