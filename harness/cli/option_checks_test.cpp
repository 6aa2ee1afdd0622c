// SPDX-License-Identifier: Apache-2.0
#include "cli/option_checks.hpp"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

namespace smtpspec::cli {
namespace {

TEST(OptionChecks, AnEmptyWordIsRefused) {
  std::string file;
  CLI::App app;
  app.add_option("--file", file)->check(not_empty());
  const std::vector<std::string> unset = {"", "--file"},
                                 set = {"known.toml", "--file"};  // the last word first
  EXPECT_THROW(app.parse(std::vector<std::string>(unset)), CLI::ValidationError);
  EXPECT_NO_THROW(app.parse(std::vector<std::string>(set)));
  EXPECT_EQ(file, "known.toml");
}

}  // namespace
}  // namespace smtpspec::cli
