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
    const auto unmet = unmet_need(asked, context).value_or(Unmet{}).why;
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
    EXPECT_EQ(unmet_need(asked, it.context).value_or(Unmet{}).why,
              is_client ? "the target it gives no credentials" : "");
    it.target.credentials = target::Credentials{};
    EXPECT_FALSE(unmet_need(asked, it.context));
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
    EXPECT_FALSE(unmet_need(asked, it.context));
  }
}

smtp::Capabilities capabilities_of(const std::vector<std::string>& keywords) {
  smtp::Capabilities capabilities;
  for (const auto& keyword : keywords) capabilities.keywords.push_back({keyword, keyword, {}});
  return capabilities;
}

/// A server that offers AUTH in TLS alone, and DSN to one of two clients.
struct Offering : AskedOf {
  Offering() : AskedOf(Target::Kind::started) {
    target.endpoints[target::EndpointKind::smtp] = "127.0.0.1:25";
    auto& probe = context.probes[{"smtp", "stranger"}];
    probe.capabilities = capabilities_of({"SIZE", "STARTTLS", "DSN"});
    probe.in_tls = capabilities_of({"SIZE", "AUTH"});
    probe.in_tls->keywords.back().parameters = {"plain", "LOGIN"};
    context.probes[{"smtp", "trusted"}].capabilities = capabilities_of({"SIZE", "STARTTLS"});
    context.probes[{"lmtp", "stranger"}].failure = "nobody there";
  }
};

TEST(Needs, WhatIsOfferedIsSaidByTheWayIn) {
  Offering it;
  EXPECT_EQ(offers_of(it.context), (result::Offers{{"smtp", {"SIZE", "STARTTLS"}},
                                                   {"smtp-in-tls", {"SIZE", "AUTH PLAIN", "AUTH LOGIN"}},
                                                   {"target", {"relay", "next-hop"}}}));
}

struct LackCase {
  scenario::Need need;
  bool tls;
  result::Lack lacks;
};

TEST(Needs, WhatIsLackingIsSaidForProgramsToo) {
  const LackCase cases[] = {
      {{"CHUNKING", false, "CHUNKING", "", "", 0}, false, {"smtp", "CHUNKING"}},
      {{"CHUNKING", false, "CHUNKING", "", "", 0}, true, {"smtp-in-tls", "CHUNKING"}},
      {{"AUTH plain", false, "AUTH", "plain", "", 0}, false, {"smtp", "AUTH PLAIN"}},
      {{"AUTH CRAM-MD5", false, "AUTH", "CRAM-MD5", "", 0}, true, {"smtp-in-tls", "AUTH CRAM-MD5"}},
      {{"!SIZE", true, "SIZE", "", "", 0}, false, {}},
      {{"mailbox", false, "", "", "mailbox", 0}, false, {"target", "mailbox"}},
      {{"recipients 999", false, "", "", "recipients", 999}, false, {"target", "recipients 999"}},
  };
  for (const auto& c : cases) {
    Offering it;
    scenario::Case asked;
    asked.prelude.tls = c.tls;
    asked.needs = {c.need};
    const auto unmet = unmet_need(asked, it.context);
    ASSERT_TRUE(unmet) << c.need.text;
    EXPECT_EQ(unmet->lacks, c.lacks) << c.need.text << ": " << unmet->why;
  }
}

TEST(Needs, WithoutTlsItIsTlsThatIsLacking) {
  Offering it;
  auto& probe = it.context.probes[{"smtp", "stranger"}];
  probe.capabilities = capabilities_of({"SIZE"});
  probe.in_tls.reset();
  scenario::Case asked;
  asked.prelude.tls = true;
  asked.needs = {{"AUTH PLAIN", false, "AUTH", "PLAIN", "", 0}};
  EXPECT_EQ(unmet_need(asked, it.context).value_or(Unmet{}).lacks, (result::Lack{"smtp", "STARTTLS"}));
  asked.on = "lmtp";
  EXPECT_EQ(unmet_need(asked, it.context).value_or(Unmet{}).lacks, (result::Lack{"lmtp", ""}));
}

TEST(Needs, MailIsHandedOverByACommandWhereThereIsOne) {
  scenario::Case asked;
  asked.role = Role::server;
  scenario::Submit submit;
  submit.by_command = true;
  scenario::Step step;
  step.action = submit;
  asked.steps.push_back(step);
  AskedOf it(Target::Kind::started);
  const auto unmet = unmet_need(asked, it.context).value_or(Unmet{});
  EXPECT_EQ(unmet.why, "the target it has no command of its own that takes mail");
  EXPECT_EQ(unmet.lacks, (result::Lack{"target", "submission-command"}));
  it.context.hands.submit_by_command = [](Submission) -> wire::Task<Submitted> { co_return Submitted{}; };
  EXPECT_FALSE(unmet_need(asked, it.context));
}

}  // namespace
}  // namespace smtpspec::engine
