// SPDX-License-Identifier: Apache-2.0
#include "target/relay_role.hpp"

#include <gtest/gtest.h>

#include "target/embedded.hpp"

namespace smtpspec::target {
namespace {

TEST(RelayRole, AddressesMoveToTheNewDomain) {
  auto target = embedded_target();
  const auto relay = as_relay(target, "sender.test", "example.test");
  EXPECT_EQ(relay.domain, "sender.test");
  EXPECT_EQ(relay.relay_domain, "example.test");
  EXPECT_EQ(relay.recipient, "user+{token}@sender.test");
  EXPECT_EQ(relay.refused, "nobody+{token}@sender.test");
  EXPECT_EQ(relay.credentials->user, "user@sender.test");
  target.recipient = "user@elsewhere.test";
  EXPECT_EQ(as_relay(target, "sender.test", "example.test").recipient, "user@elsewhere.test");
}

TEST(RelayRole, WhoCannotRelaySaysWhy) {
  auto target = embedded_target();
  EXPECT_EQ(cannot_relay(target), "");
  target.relay_domain.clear();
  EXPECT_NE(cannot_relay(target), "");
  for (const auto kind : {Target::Kind::client, Target::Kind::running}) {
    target = embedded_target();
    target.kind = kind;
    EXPECT_NE(cannot_relay(target), "");
  }
}

}  // namespace
}  // namespace smtpspec::target
