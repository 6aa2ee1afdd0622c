// SPDX-License-Identifier: Apache-2.0
#include "base/toml_reader.hpp"

#include <gtest/gtest.h>

namespace smtpspec::base {
namespace {

std::string read_all(const std::string& text) {
  auto document = TomlDocument::parse(text, "s.toml");
  if (!document) return format(document.problems());
  std::vector<Diagnostic> problems;
  TomlReader reader(*document, document->root(), "a thing", problems);
  reader.required_string("name");
  reader.integer("port");
  reader.milliseconds("within");
  reader.strings("tags");
  reader.word("role", {"client", "server"});
  reader.finish();
  return format(problems);
}

TEST(TomlReader, SaysNothingOfAGoodTable) {
  EXPECT_EQ(read_all("name = 'a'\nport = 25\nwithin = '2s'\ntags = ['x']\nrole = 'client'\n"), "");
}

TEST(TomlReader, PointsAtEveryProblemAtOnce) {
  EXPECT_EQ(read_all("nmae = 'a'\nport = '25'\nwithin = 'soon'\nrole = 'sever'\n"),
            "s.toml:1:1: a thing needs 'name'\n"
            "    1 | nmae = 'a'\n"
            "      | ^\n"
            "s.toml:2:8: 'port' must be an integer, not a string\n"
            "    2 | port = '25'\n"
            "      |        ^\n"
            "s.toml:3:10: 'soon' is not a duration\n"
            "    3 | within = 'soon'\n"
            "      |          ^\n"
            "      = help: write it like 250ms, 2s or 5m\n"
            "s.toml:4:8: 'sever' is no value of 'role'\n"
            "    4 | role = 'sever'\n"
            "      |        ^\n"
            "      = help: did you mean 'server'? it is one of client, server\n"
            "s.toml:1:1: unknown key 'nmae' in a thing\n"
            "    1 | nmae = 'a'\n"
            "      | ^\n"
            "      = help: did you mean 'name'? a thing has: name, port, role, tags, within\n");
}

TEST(TomlReader, ASyntaxErrorStandsAlone) {
  const auto text = read_all("name = \nport = 'x'\n");
  EXPECT_EQ(text.substr(0, 29), "s.toml:1:8: this is not TOML:");
}

TEST(TomlReader, MissingFileIsADiagnostic) {
  const auto document = TomlDocument::read("/nonexistent/x.toml");
  ASSERT_FALSE(document);
  EXPECT_EQ(format(document.problems()),
            "/nonexistent/x.toml: cannot be read: No such file or directory\n      = help: check the path\n");
}

TEST(TomlReader, Durations) {
  EXPECT_EQ(parse_duration_ms("250ms"), 250);
  EXPECT_EQ(parse_duration_ms("2s"), 2000);
  EXPECT_EQ(parse_duration_ms("5m"), 300000);
  for (const char* bad : {"", "5", "-1s", "5 s", "s", "1h", "99999999999s"})
    EXPECT_FALSE(parse_duration_ms(bad)) << bad;
}

}  // namespace
}  // namespace smtpspec::base
