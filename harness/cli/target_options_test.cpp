// SPDX-License-Identifier: Apache-2.0
#include "cli/target_options.hpp"

#include <gtest/gtest.h>

namespace smtpspec::cli {
namespace {

using gate::ExitCode;

TEST(TargetOptions, AsAPersonWouldTypeThem) {
  TargetOptions options;
  EXPECT_EQ(options.as_typed(), "");
  options.target = "smtp://127.0.0.1:2525";
  options.plain.rcpt = "me+{token}@my.test";
  options.plain.password = "secret";
  options.without = {"CHUNKING"};
  EXPECT_EQ(options.as_typed(),
            "--target smtp://127.0.0.1:2525 --rcpt 'me+{token}@my.test' --password \"$SMTPSPEC_PASSWORD\" "
            "--without "
            "CHUNKING");
  options = {};
  options.start = "mymta -p {port} --name 'it''s'";
  EXPECT_EQ(options.as_typed(), "--start 'mymta -p {port} --name '\\''it'\\'''\\''s'\\'''");
}

struct WrongCase {
  const char* name;
  TargetOptions options;
  ExitCode code;
};

TargetOptions with(void (*change)(TargetOptions&)) {
  TargetOptions options;
  change(options);
  return options;
}

TEST(TargetOptions, WhatIsWrongWithThem) {
  const WrongCase cases[] = {
      {"no such target", with([](auto& o) { o.target = "no-such-mta"; }), ExitCode::invalid_file},
      {"no such defect", with([](auto& o) { o.defect = "no-such-defect"; }), ExitCode::usage},
      {"no such extension", with([](auto& o) { o.without = {"CHUNKIN"}; }), ExitCode::usage},
      {"a defect of somebody else's server", with([](auto& o) {
         o.target = "smtp://127.0.0.1:1";
         o.plain.rcpt = "a@b.test";
         o.without = {"CHUNKING"};
       }),
       ExitCode::usage},
      {"another machine without a permission", with([](auto& o) {
         o.target = "smtp://192.0.2.1:25";
         o.plain.rcpt = "a@b.test";
       }),
       ExitCode::usage},
      {"a command that takes no port", with([](auto& o) {
         o.start = "mymta";
         o.plain.rcpt = "a@b.test";
       }),
       ExitCode::usage},
      {"a quote that is not closed", with([](auto& o) { o.start = "mymta '{port}"; }), ExitCode::usage},
      {"a URL without a host", with([](auto& o) { o.target = "smtp://"; }), ExitCode::usage},
  };
  for (const auto& one : cases) {
    const auto chosen = choose_target(one.options, DataFolder{"/nowhere"});
    ASSERT_TRUE(std::holds_alternative<ExitCode>(chosen)) << one.name;
    EXPECT_EQ(std::get<ExitCode>(chosen), one.code) << one.name;
  }
}

TEST(TargetOptions, TheEmbeddedServerLessAnExtension) {
  TargetOptions options;
  options.without = {"CHUNKING"};
  const auto chosen = choose_target(options, DataFolder{"/nowhere"});
  ASSERT_TRUE(std::holds_alternative<ChosenTarget>(chosen));
  const auto& [target, configuration] = std::get<ChosenTarget>(chosen);
  EXPECT_EQ(target.kind, target::Target::Kind::embedded);
  EXPECT_FALSE(configuration.server.features.has(refserver::Feature::chunking));
}

}  // namespace
}  // namespace smtpspec::cli
