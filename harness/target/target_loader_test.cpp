// SPDX-License-Identifier: Apache-2.0
#include "target/target_loader.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/target_keys.hpp"
#include "target/target_schema.hpp"
#include "target/target_variables.hpp"
#include "target/temporary_folder_for_test.hpp"

namespace smtpspec::target {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

const std::string bundled = SMTPSPEC_SOURCE_DIR "/fixtures/targets";

/// All that is wrong with a file of this text, as a person sees it, without the folder.
std::string complaints(const std::string& text) {
  const TemporaryFolder folder;
  const auto loaded = load_target(folder.write("t.toml", text));
  std::string shown = loaded ? "" : base::format(loaded.problems());
  for (std::size_t at; (at = shown.find(folder / "")) != std::string::npos;)
    shown.erase(at, (folder / "").size());
  return shown;
}

TEST(TargetFile, NeedsLittle) {
  const TemporaryFolder folder;
  const auto target = load_target(folder.write("t.toml", R"(
name = "mine"
[endpoints]
smtp = "127.0.0.1:2525"
[mail]
recipient = "me@my.test"
)"));
  ASSERT_TRUE(target) << base::format(target.problems());
  EXPECT_EQ(target->kind, Target::Kind::running);
  EXPECT_EQ(target->role, Role::mx);
  EXPECT_EQ(target->endpoint(EndpointKind::smtp), parse_endpoint("127.0.0.1:2525"));
  EXPECT_EQ(target->endpoint(EndpointKind::lmtp), std::nullopt);
}

TEST(TargetFile, ThePostfixOnesLoad) {
  const auto target = find_target("postfix", bundled);
  ASSERT_TRUE(target) << base::format(target.problems());
  EXPECT_EQ(target->kind, Target::Kind::started);
  EXPECT_EQ(target->client("stranger").source, "127.0.0.2");
  EXPECT_EQ(target->limits.errors_before_close, 1000);
  EXPECT_EQ(target->mailbox.effects.line_ending, StoreEffects::LineEnding::lf);
  EXPECT_EQ(target->start->prepare.front().front(), bundled + "/isolation/chroot");
  EXPECT_EQ(target->start->ready_within, milliseconds(60000));
}

TEST(TargetFile, AnExtendingFileChangesOnlyWhatItNames) {
  const auto base_target = find_target("postfix", bundled);
  const auto target = find_target("postfix-reject", bundled);
  ASSERT_TRUE(target) << base::format(target.problems());
  EXPECT_EQ(target->name, "postfix-reject");
  EXPECT_EQ(target->variables.at("main_cf"),
            "smtpd_forbid_bare_newline = reject\nsmtpd_forbid_bare_newline_exclusions =\n");
  EXPECT_EQ(target->endpoints, base_target->endpoints);
  EXPECT_EQ(target->start->command, base_target->start->command);
}

TEST(TargetFile, AVersionIsAnotherFolder) {
  const auto target = find_target("postfix-reject@trixie", bundled);
  ASSERT_TRUE(target) << base::format(target.problems());
  EXPECT_EQ(target->name, "postfix-reject@trixie");
  EXPECT_EQ(target->version, "trixie");
  EXPECT_EQ(target->start->root, "postfix@trixie");
  EXPECT_EQ(target->start->get, "ci/targets postfix@trixie");
  EXPECT_EQ(known_variables(*target).at("version"), "trixie");
}

TEST(TargetFile, WithoutAVersionItsPlaceholderIsEmptyOrWhatTheFileSays) {
  Target target;
  EXPECT_EQ(known_variables(target).at("version"), "");
  target.variables["version"] = "bookworm";
  EXPECT_EQ(known_variables(target).at("version"), "bookworm");
  target.version = "trixie";
  EXPECT_EQ(known_variables(target).at("version"), "trixie");
}

TEST(TargetFile, AVersionOfSomethingElseIsRefused) {
  const auto problem = [](const std::string& word) {
    const auto target = find_target(word, bundled);
    return target ? "loaded" : base::format(target.problems());
  };
  EXPECT_EQ(problem("postfix@"), "postfix@: '' is no version; write one like @trixie or @3.0.3\n");
  EXPECT_EQ(problem("postfix@a/b"), "postfix@a/b: 'a/b' is no version; write one like @trixie or @3.0.3\n");
  EXPECT_EQ(problem("embedded@2"),
            "embedded@2: target 'embedded' has no versions: it is not unpacked from packages by us\n"
            "      = help: write --target embedded alone\n");
  EXPECT_THAT(problem("postfi@trixie"), testing::HasSubstr("did you mean 'postfix'?"));
}

TEST(TargetFile, TheNamesAreListed) {
  EXPECT_THAT(target_names(bundled),
              testing::IsSupersetOf({"postfix", "postfix-normalize", "postfix-reject"}));
}

TEST(TargetFile, EveryProblemIsReportedAtOnce) {
  EXPECT_EQ(complaints(R"(name = "My MTA"
rolle = "mx"
role = "mxx"
[start]
comand = ["x"]
stop_within = 3
stop_signal = "SIGTERM"
[endpoints]
smtp = "127.0.0.1"
[clients]
stranger = { source = "localhost" }
[limits]
sessions_at_once = -1
[mailbox]
maildir = "a"
mbox = "b"
)"),
            R"(t.toml:1:8: a name has only lower-case letters, digits, '.', '-' and '_'
    1 | name = "My MTA"
      |        ^
      = help: it becomes part of file names and of the reports' class names
t.toml:2:1: unknown key 'rolle' in a target
    2 | rolle = "mx"
      | ^
      = help: did you mean 'role'? a target has: clients, commands, credentials, endpoints, extends, kind, limits, logs, mail, mailbox, name, ours, queue, relay, role, send, software, start, tls, variables
t.toml:3:8: 'mxx' is no value of 'role'
    3 | role = "mxx"
      |        ^
      = help: did you mean 'mx'? it is one of mx, submission, lmtp, library
t.toml:5:1: unknown key 'comand' in [start]
    5 | comand = ["x"]
      | ^
      = help: did you mean 'command'? [start] has: command, environment, get, needs_programs, needs_root, prepare, ready_within, root, stop_signal, stop_within, syslog, templates, working_folder
t.toml:6:15: 'stop_within' must be a string, not an integer
    6 | stop_within = 3
      |               ^
t.toml:7:15: 'SIGTERM' is no value of 'stop_signal'
    7 | stop_signal = "SIGTERM"
      |               ^
      = help: it is one of TERM, INT, QUIT, HUP, KILL, USR1, USR2
t.toml:9:8: '127.0.0.1' is no endpoint
    9 | smtp = "127.0.0.1"
      |        ^
      = help: write host:port, [ipv6]:port or unix:/path
t.toml:11:23: 'localhost' is no IP address
   11 | stranger = { source = "localhost" }
      |                       ^
      = help: another loopback address will do: 127.0.0.2
t.toml:13:20: 'sessions_at_once' must be between 0 and 1000000, not -1
   13 | sessions_at_once = -1
      |                    ^
t.toml:16:8: a mailbox is one of them: maildir or mbox
   16 | mbox = "b"
      |        ^
)");
}

TEST(TargetFile, CommandsAreArrays) {
  EXPECT_EQ(complaints(R"(name = "x"
[start]
command = "mymta -p {port}"
prepare = [["true"], "false"]
templates = "nowhere"
)"),
            R"(t.toml:3:11: 'command' must be an array of strings, one a word
    3 | command = "mymta -p {port}"
      |           ^
      = help: no shell is involved; write ["sh", "-c", "..."] if you need one
t.toml:4:22: every item of 'prepare' must be a command: an array of strings
    4 | prepare = [["true"], "false"]
      |                      ^
t.toml:5:13: there is no folder 'nowhere' beside this file
    5 | templates = "nowhere"
      |             ^
)");
}

TEST(TargetFile, WhatIsMissingIsSaid) {
  EXPECT_EQ(complaints("name = \"x\"\n[start]\n"),
            R"(t.toml: a target needs [endpoints] with at least one of smtp, submission, smtps, lmtp
t.toml: [mail] needs 'recipient', an address that the server accepts
      = help: for example "user+{token}@example.test"
t.toml:2:1: [start] needs 'command'
    2 | [start]
      | ^
)");
}

TEST(TargetFile, PlaceholdersAreChecked) {
  EXPECT_EQ(complaints(R"(name = "x"
[endpoints]
smtp = "127.0.0.1:{port}"
[mail]
recipient = "a@b.test"
)"),
            R"(t.toml:3:8: {port} has no meaning for a server that already runs
    3 | smtp = "127.0.0.1:{port}"
      |        ^
      = help: write the real value, or say with [start] how the server is started
)");
  EXPECT_EQ(complaints(R"(name = "x"
[start]
command = ["x", "-p", "{prot}"]
[endpoints]
smtp = "127.0.0.1:{port}"
[mail]
recipient = "a@b.test"
)"),
            R"(t.toml:3:11: unknown placeholder {prot}, did you mean {port}?
    3 | command = ["x", "-p", "{prot}"]
      |           ^
)");
}

TEST(TargetFile, ExtendingIsChecked) {
  EXPECT_EQ(complaints("extends = \"nowhere\"\nname = \"x\"\n"),
            R"(t.toml:1:11: there is no target file 'nowhere.toml'
    1 | extends = "nowhere"
      |           ^
)");
  EXPECT_EQ(complaints("extends = \"t\"\nname = \"x\"\n"),
            R"(t.toml:1:11: targets extend each other too deeply, or in a circle
    1 | extends = "t"
      |           ^
)");
}

TEST(TargetName, AnUnknownOneIsAnsweredWithTheNearest) {
  const TemporaryFolder folder;
  for (const char* name : {"postfix", "postfix-normalize", "postfix-reject"})
    folder.write(name + std::string(".toml"), "");
  const auto loaded = find_target("postfx", folder.path());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(base::format(loaded.problems()),
            "postfx: there is no target of this name, nor a file\n"
            "      = help: did you mean 'postfix'? targets: embedded, postfix, postfix-normalize, "
            "postfix-reject; or a URL such "
            "as smtp://127.0.0.1:2525\n");
}

void expect_all(const std::vector<KeyFacts>& keys, const std::string& text) {
  for (const KeyFacts& key : keys) {
    EXPECT_THAT(text, testing::ContainsRegex("(^|[^a-z_])" + std::string(key.name) + "[^a-z_]"));
    EXPECT_NE(key.meaning, "") << key.name;
    expect_all(key.keys, text);
  }
}

TEST(InitTarget, ShowsEveryKey) {
  expect_all(target_file_keys(), init_target_text());
}

TEST(TargetSchema, HasTheWordsAndTheRequiredKeys) {
  const std::string schema = target_schema();
  EXPECT_THAT(schema, testing::HasSubstr("\"mboxrd\""));
  EXPECT_THAT(schema, testing::ContainsRegex("\"required\": \\[\n +\"name\"\n +\\]"));
}

TEST(TargetFile, AClientNeedsACommand) {
  const TemporaryFolder folder;
  const auto target = load_target(folder.write("t.toml", R"(
name = "mine"
kind = "client"
[send]
command = ["mysend", "{host}", "{port}", "{security}", "{auth}", "{sender}", "{recipients}"]
plain = ["--no-tls"]
auth = ["-u", "{user}", "-p", "{password}"]
line_ending = "LF"
)"));
  ASSERT_TRUE(target) << base::format(target.problems());
  EXPECT_EQ(target->kind, Target::Kind::client);
  EXPECT_TRUE(target->send->takes_lf);
  EXPECT_EQ(target->setup(), &*target->send);
  EXPECT_EQ(target->relay_domain, "relay.test");
  EXPECT_EQ(target->recipient, "user+{token}@example.test");
}

TEST(TargetFile, AClientIsNoServer) {
  EXPECT_EQ(complaints(R"(name = "x"
kind = "client"
[start]
command = ["x"]
[endpoints]
smtp = "127.0.0.1:25"
)"),
            R"(t.toml: a client needs [send] with 'command'
t.toml:3:1: a client is not started
    3 | [start]
      | ^
      = help: it is run once for each message, as [send] says
t.toml:5:1: a client has no endpoints: it listens nowhere
    5 | [endpoints]
      | ^
)");
  EXPECT_EQ(complaints(R"(name = "x"
[endpoints]
smtp = "127.0.0.1:25"
[mail]
recipient = "a@b.test"
[relay]
auth = true
[send]
command = ["x", "{recipient}"]
)"),
            R"(t.toml:7:8: mail is relayed after AUTH, but there are no [credentials]
    7 | auth = true
      |        ^
t.toml:8:1: [send] is for a client
    8 | [send]
      | ^
      = help: write kind = "client"
t.toml:9:11: unknown placeholder {recipient}, did you mean {recipients}?
    9 | command = ["x", "{recipient}"]
      |           ^
)");
}

TEST(TargetFile, SaysHowItIsMadeToRelay) {
  const TemporaryFolder folder;
  const auto target = load_target(folder.write("t.toml", R"(
name = "mine"
[endpoints]
submission = "127.0.0.1:2587"
[mail]
recipient = "me@my.test"
relay_domain = "relay.test"
[relay]
on = "submission"
client = "stranger"
auth = true
tls = true
listen = "127.0.0.1:2626"
[credentials]
user = "me"
password = "secret"
[commands]
queue_purge = ["mymta", "purge"]
terminate = ["mymta", "stop"]
)"));
  ASSERT_TRUE(target) << base::format(target.problems());
  EXPECT_EQ(target->relay.on, EndpointKind::submission);
  EXPECT_EQ(target->relay.client, "stranger");
  EXPECT_TRUE(target->relay.auth && target->relay.tls);
  EXPECT_EQ(target->relay.listen, "127.0.0.1:2626");
  EXPECT_THAT(target->commands.queue_purge, ElementsAre("mymta", "purge"));
  EXPECT_THAT(target->commands.terminate, ElementsAre("mymta", "stop"));
}

/// What stands in the text behind `#:`.
std::string client_example() {
  std::string example;
  std::istringstream text(init_target_text());
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("#:")) example += line.substr(2) + "\n";
  }
  return example;
}

TEST(InitTarget, ShowsAClientToo) {
  EXPECT_EQ(complaints(client_example()), "");
}

TEST(InitTarget, IsATargetFile) {
  EXPECT_EQ(complaints(init_target_text()), "");
  // With every example line switched on it is still one; only `templates` and mbox need something beside it.
  std::string all;
  std::string_view text;
  const std::string original = init_target_text();
  for (text = original; !text.empty();) {
    std::string line(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const bool is_example =
        line.starts_with("# ") && (line.starts_with("# [") || line.find(" = ") != std::string::npos);
    if (is_example && !line.starts_with("# templates")) line.erase(0, 2);
    all += line + "\n";
  }
  EXPECT_EQ(complaints(all), "");
}

}  // namespace
}  // namespace smtpspec::target
