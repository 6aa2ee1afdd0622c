// SPDX-License-Identifier: Apache-2.0
#include "engine/scope.hpp"

#include <fstream>
#include <set>

#include <gtest/gtest.h>

namespace smtpspec::engine {
namespace {

using scenario::Value;

target::Target the_target() {
  target::Target target;
  target.recipient = "user+{token}@example.test";
  target.refused = "nobody@example.test";
  target.ehlo = "client.example";
  target.credentials = target::Credentials{"alice", "secret"};
  return target;
}

std::string text(const Scope& scope, std::string_view name) {
  const auto value = scope.look_up(name);
  if (!value) return "(unknown)";
  if (const auto* number = std::get_if<std::int64_t>(&*value)) return std::to_string(*number) + " (number)";
  return std::get<std::string>(*value);
}

smtp::Capabilities some_capabilities() {
  smtp::Reply reply;
  for (const char* line : {"250-mx", "250-SIZE 1000", "250-STARTTLS", "250 AUTH PLAIN LOGIN"}) {
    smtp::ReplyLine one;
    one.raw_text = line;
    one.code = 250;
    one.separator = line[3];
    reply.lines.push_back(one);
  }
  return smtp::parse_capabilities(reply);
}

TEST(Scope, Variables) {
  const auto target = the_target();
  Scope scope(target, CaseToken(7, 1));
  const auto capabilities = some_capabilities();
  scope.set_capabilities(&capabilities);
  const auto& stem = scope.token().stem();
  const std::pair<const char*, std::string> expected[] = {
      {"token", stem + "m0000"},
      {"mailbox", "user+" + stem + "m0000@example.test"},
      {"second.mailbox", "user+" + stem + "m0001@example.test"},
      {"fifth.mailbox", "user+" + stem + "m0004@example.test"},
      {"mailbox(12)", "user+" + stem + "m0011@example.test"},
      {"local_part", "user+" + stem + "m0000"},
      {"domain", "example.test"},
      {"client.name", "client.example"},
      {"rejected", "nobody@example.test"},
      {"user", "alice"},
      {"password", "secret"},
      {"begin", "-- begin " + stem},
      {"end", "-- end " + stem},
      {"target.end_of_data", "1000 (number)"},
      {"ehlo.SIZE", "1000 (number)"},
      {"ehlo.size", "1000 (number)"},
      {"ehlo.AUTH", "PLAIN LOGIN"},
      {"ehlo.STARTTLS", ""},
      {"ehlo.DSN", "(unknown)"},
      {"nothing", "(unknown)"},
      {"file(../secret)", "(unknown)"},
  };
  for (const auto& [name, value] : expected) EXPECT_EQ(text(scope, name), value) << name;
}

TEST(Scope, WhatTheTargetDoesNotGiveIsUnknown) {
  target::Target target;
  target.recipient = "user@example.test";
  const Scope scope(target, CaseToken(7, 1));
  for (const char* name : {"rejected", "user", "password", "ehlo.SIZE"})
    EXPECT_EQ(text(scope, name), "(unknown)");
  EXPECT_EQ(text(scope, "mailbox"), "user@example.test");
}

TEST(Scope, WhatWasSetStandsBeforeEverythingElse) {
  const auto target = the_target();
  Scope scope(target, CaseToken(7, 1));
  scope.set("token", std::string("mine"));
  scope.set("i", std::int64_t{3});
  EXPECT_EQ(text(scope, "token"), "mine");
  EXPECT_EQ(text(scope, "i"), "3 (number)");
}

TEST(Scope, AFileOfTheMessagesFolder) {
  const std::string folder = testing::TempDir();
  std::ofstream(folder + "/scope_test.eml", std::ios::binary) << "A: b\r\n\r\n";
  const auto target = the_target();
  const Scope scope(target, CaseToken(7, 1), folder);
  EXPECT_EQ(text(scope, "file(scope_test.eml)"), "A: b\r\n\r\n");
}

TEST(CaseToken, NoneIsTheBeginningOfAnother) {
  std::set<std::string> seen;
  for (std::uint64_t number = 0; number < 2000; ++number) {
    const CaseToken token(42, number);
    EXPECT_TRUE(seen.insert(token.stem()).second);
    EXPECT_EQ(token.of_mailbox(0).size(), token.of_fence(7).size());
    EXPECT_NE(token.of_mailbox(1), token.of_fence(1));
  }
  EXPECT_NE(CaseToken(1, 1).stem(), CaseToken(2, 1).stem());
  EXPECT_EQ(CaseToken(1, 1).stem(), CaseToken(1, 1).stem());
}

}  // namespace
}  // namespace smtpspec::engine
