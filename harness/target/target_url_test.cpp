// SPDX-License-Identifier: Apache-2.0
#include "target/target_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpspec::target {
namespace {

using testing::ElementsAre;

struct UrlCase {
  const char* url;
  EndpointKind kind;
  const char* endpoint;
  const char* name;
};

TEST(TargetUrl, GivesAnEndpointAndAName) {
  for (const UrlCase& c :
       {UrlCase{"smtp://127.0.0.1:2525", EndpointKind::smtp, "127.0.0.1:2525", "127.0.0.1-2525"},
        UrlCase{"smtp://MX.test/", EndpointKind::smtp, "MX.test:25", "mx.test"},
        UrlCase{"smtps://[::1]", EndpointKind::smtps, "[::1]:465", "1"},
        UrlCase{"smtps://[::1]:4650", EndpointKind::smtps, "[::1]:4650", "1-4650"},
        UrlCase{"lmtp://localhost:2400", EndpointKind::lmtp, "localhost:2400", "localhost-2400"},
        UrlCase{"unix:/run/lmtp.sock", EndpointKind::lmtp, "unix:/run/lmtp.sock", "run-lmtp.sock"}}) {
    const auto target = target_from_url(c.url, {});
    ASSERT_TRUE(std::holds_alternative<Target>(target)) << c.url;
    EXPECT_EQ(std::get<Target>(target).endpoint(c.kind), parse_endpoint(c.endpoint)) << c.url;
    EXPECT_EQ(std::get<Target>(target).name, c.name);
  }
}

std::string complaint(std::variant<Target, BadOption> outcome) {
  return std::holds_alternative<BadOption>(outcome) ? std::get<BadOption>(outcome).message : "no complaint";
}

TEST(TargetUrl, WhatIsWrongIsSaid) {
  EXPECT_EQ(complaint(target_from_url("http://x", {})),
            "'http://x' is no target URL; write smtp://host:port, smtps://, lmtp:// or unix:/path");
  EXPECT_EQ(complaint(target_from_url("smtp://:25", {})),
            "'smtp://:25' is no target URL; write smtp://host:port");
  EXPECT_EQ(complaint(target_from_url("smtp://h:99999", {})),
            "'smtp://h:99999' is no target URL; write smtp://host:port");
  EXPECT_EQ(complaint(target_from_url("unix:", {})), "'unix:' is no target URL; write unix:/path");
  PlainTarget options;
  options.mailbox = "/var/mail/me";
  EXPECT_EQ(complaint(target_from_url("smtp://h", options)),
            "--mailbox '/var/mail/me' must be maildir:PATH or mbox:PATH");
  options.mailbox = "";
  options.rcpt = "me";
  EXPECT_EQ(complaint(target_from_url("smtp://h", options)), "--rcpt 'me' must be an address, user@domain");
  options.rcpt = "";
  options.user = "u";
  EXPECT_EQ(complaint(target_from_url("smtp://h", options)),
            "--user and --password go together; the password may also be in $SMTPSPEC_PASSWORD");
}

TEST(TargetUrl, TakesTheOptions) {
  PlainTarget options;
  options.rcpt = "me+{token}@my.test";
  options.user = "u";
  options.password = "p";
  options.mailbox = "mbox:/var/mail/me";
  const auto target = std::get<Target>(target_from_url("smtp://h", options));
  EXPECT_EQ(target.domain, "my.test");
  EXPECT_EQ(target.credentials->user, "u");
  EXPECT_EQ(target.mailbox.format, Mailbox::Format::mbox);
  EXPECT_EQ(target.mailbox.path, "/var/mail/me");
  EXPECT_EQ(target.mailbox.effects.line_ending, StoreEffects::LineEnding::lf);
}

TEST(TargetCommand, IsSplitAsAShellWouldSplit) {
  const auto target =
      std::get<Target>(target_from_command(R"(./bin/MyMTA  -p {port} 'a b' "c \" d" e\ f '')", {}));
  EXPECT_THAT(target.start->command, ElementsAre("./bin/MyMTA", "-p", "{port}", "a b", "c \" d", "e f", ""));
  EXPECT_EQ(target.name, "mymta");
  EXPECT_EQ(target.kind, Target::Kind::started);
  EXPECT_EQ(target.start->working_folder, "");
}

TEST(TargetCommand, WhatIsWrongIsSaid) {
  EXPECT_EQ(complaint(target_from_command("mymta", {})),
            "--start 'mymta' must say {port} where the server takes its port");
  EXPECT_EQ(complaint(target_from_command("mymta '{port}", {})),
            "--start 'mymta '{port}': a quote is not closed");
  EXPECT_EQ(complaint(target_from_command(" ", {})), "--start needs a command");
}

}  // namespace
}  // namespace smtpspec::target
