// SPDX-License-Identifier: Apache-2.0
#include "engine/needs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/next_hop.hpp"

namespace smtpspec::engine {
namespace {

using scenario::Role;
using target::Target;

struct RoleCase {
  Role role;
  Target::Kind kind;
  target::Role target_role;
  bool has_next_hop;
  const char* why_not;
};

TEST(Needs, TheRoleThatACaseAsksForIsOneThatTheTargetPlays) {
  constexpr auto of_client = Target::Kind::client;
  constexpr auto of_server = Target::Kind::started;
  const RoleCase cases[] = {
      {Role::server, of_server, target::Role::mx, true, ""},
      {Role::server, of_client, target::Role::mx, true, ""},
      {Role::relay, of_client, target::Role::mx, true, "the target it is a client alone"},
      {Role::client, of_client, target::Role::mx, true, "the target it is a client alone"},
      {Role::server, of_server, target::Role::mx, false, "the target it sends to no server of ours"},
      {Role::relay, of_server, target::Role::mx, false, "the target it sends to no server of ours"},
      {Role::server, of_server, target::Role::library, true, "the target it is a library for servers"},
      {Role::relay, of_server, target::Role::library, true, "the target it is a library for servers"},
      {Role::client, of_server, target::Role::library, true, "the target it has no endpoint 'lmtp'"},
  };
  wire::EventLoop loop;
  NextHop hop(loop);
  const Requirements requirements;
  for (const auto& one : cases) {
    Target target;
    target.name = "it";
    target.kind = one.kind;
    target.role = one.target_role;
    target.relay_domain = "relay.test";
    RunContext context(loop, target, requirements);
    if (one.has_next_hop) context.next_hop = &hop;
    scenario::Case asked;
    asked.role = one.role;
    asked.on = "lmtp";  // no target has one: the role is asked about first
    const auto unmet = unmet_need(asked, context).value_or("");
    if (*one.why_not)
      EXPECT_THAT(unmet, testing::StartsWith(one.why_not));
    else
      EXPECT_EQ(unmet, "");
  }
}

/// A target that relays to a next hop of ours, and all that is known when it is asked.
struct AskedOf {
  explicit AskedOf(Target::Kind kind) {
    target.name = "it";
    target.kind = kind;
    target.relay_domain = "relay.test";
    context.next_hop = &hop;
  }

  wire::EventLoop loop;
  NextHop hop{loop};
  const Requirements requirements;
  Target target;
  RunContext context{loop, target, requirements};
};

TEST(Needs, AClientLogsInOnlyWhereItsTargetGivesCredentials) {
  scenario::Submit submit;
  submit.auth = true;
  scenario::Case asked;
  asked.role = Role::server;
  asked.steps.emplace_back().action = submit;
  for (const auto kind : {Target::Kind::client, Target::Kind::started}) {
    AskedOf it(kind);
    const bool is_client = kind == Target::Kind::client;
    EXPECT_EQ(unmet_need(asked, it.context).value_or(""),
              is_client ? "the target it gives no credentials" : "");
    it.target.credentials = target::Credentials{};
    EXPECT_EQ(unmet_need(asked, it.context), std::nullopt);
  }
}

TEST(Needs, OnlyClientsTheEmbeddedTargetAndPersonsAreTold) {
  scenario::Case asked;
  asked.role = Role::server;
  asked.needs.push_back({"instructions", false, "", "", "instructions", 0});
  for (const auto kind : {Target::Kind::client, Target::Kind::embedded, Target::Kind::started}) {
    AskedOf it(kind);
    const bool is_told = kind != Target::Kind::started;
    EXPECT_EQ(unmet_need(asked, it.context).has_value(), !is_told);
    it.context.hands.sends_by_hand = true;
    EXPECT_EQ(unmet_need(asked, it.context), std::nullopt);
  }
}

}  // namespace
}  // namespace smtpspec::engine
