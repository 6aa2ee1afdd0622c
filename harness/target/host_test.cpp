// SPDX-License-Identifier: Apache-2.0
#include "target/host.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/embedded.hpp"
#include "target/process_watch_for_test.hpp"
#include "target/temporary_folder_for_test.hpp"
#include "wire/connection.hpp"

namespace smtpspec::target {
namespace {

Target greeter(const std::vector<std::string>& habits = {}) {
  Target target;
  target.kind = Target::Kind::started;
  target.name = "greeter";
  target.endpoints[EndpointKind::smtp] = "127.0.0.1:{port}";
  target.start.emplace();
  target.start->syslog = true;
  target.start->command = {"/usr/bin/python3", SMTPSPEC_SOURCE_DIR "/fixtures/servers/greeter.py", "{port}"};
  target.start->command.insert(target.start->command.end(), habits.begin(), habits.end());
  return target;
}

TEST(Hosts, ManyStartSideBySideAndOneThatFailsHurtsNobody) {
  const TemporaryFolder folder;
  StartOptions options;
  options.temporary = folder.path();
  wire::EventLoop loop;
  std::vector<Target> targets(12, greeter());
  targets[3] = greeter({"exits"});
  targets[7] = embedded_target();

  auto outcomes = make_hosts(loop, targets, options, {});
  std::vector<std::unique_ptr<Host>> hosts;
  std::set<std::string> addresses;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (const auto* failed = std::get_if<StartFailed>(&outcomes[i])) {
      EXPECT_EQ(i, 3U) << failed->why << failed->log_tail;
      EXPECT_EQ(failed->why, "it exited with status 3 before it was ready");
      continue;
    }
    hosts.push_back(std::get<std::unique_ptr<Host>>(std::move(outcomes[i])));
    EXPECT_TRUE(hosts.back()->alive());
    EXPECT_EQ(hosts.back()->target().name, targets[i].name);
    addresses.insert(hosts.back()->target().endpoints.at(EndpointKind::smtp));
  }
  EXPECT_EQ(hosts.size(), 11U);
  EXPECT_EQ(addresses.size(), 11U);
  end_hosts(std::move(hosts));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

class HostTest : public testing::Test {
 protected:
  std::unique_ptr<Host> host(const Target& target) {
    StartOptions options;
    options.temporary = folder_.path();
    auto outcome = make_host(loop_, target, options, {});
    if (auto* failed = std::get_if<StartFailed>(&outcome))
      throw std::runtime_error(failed->why + failed->log_tail);
    return std::get<std::unique_ptr<Host>>(std::move(outcome));
  }

  TemporaryFolder folder_;
  wire::EventLoop loop_;
};

TEST_F(HostTest, WhatWasKilledOnPurposeDidNotDie) {
  Target target = greeter();
  target.commands.queue_list = {"echo", "{pid}"};
  const auto served = host(target);
  const Target& before = served->target();
  const std::string pid = before.commands.queue_list.back();
  for (const Action action : {Action::kill, Action::terminate}) {
    ASSERT_TRUE(served->can(action));
    EXPECT_EQ(served->perform(action), "");
    EXPECT_TRUE(served->is_down());
    EXPECT_TRUE(served->alive());
    EXPECT_EQ(served->perform(Action::restart), "");
    EXPECT_FALSE(served->is_down());
    EXPECT_TRUE(served->alive());
  }
  EXPECT_EQ(served->target().endpoints, before.endpoints);
  EXPECT_NE(served->target().commands.queue_list.back(), pid);
  EXPECT_EQ(before.commands.queue_list.back(), pid) << "who still reads it may";
}

TEST_F(HostTest, OneThatHeedsNoStopSignalIsKilledAndThatIsSaid) {
  Target target = greeter({"deaf"});
  target.start->stop_within = std::chrono::milliseconds(100);
  const auto served = host(target);
  EXPECT_EQ(served->perform(Action::terminate), "it did not end within 100 ms of its stop signal");
  EXPECT_TRUE(served->is_down());
  EXPECT_EQ(served->perform(Action::restart), "");
}

TEST_F(HostTest, ARestartOfWhatRunsEndsItFirst) {
  const auto served = host(greeter());
  EXPECT_EQ(served->perform(Action::restart), "");
  EXPECT_TRUE(served->alive());
}

// What `fill` left elsewhere does not end with the target's folder.
TEST_F(HostTest, RoomThatWasTakenIsGivenBackAtTheEnd) {
  const TemporaryFolder elsewhere;
  const std::string full = elsewhere / "full";
  Target target = greeter();
  target.commands.fill = {"touch", full};
  target.commands.free = {"rm", "-f", full};
  auto served = host(target);
  EXPECT_EQ(served->perform(Action::fill), "");
  EXPECT_TRUE(std::filesystem::exists(full));
  served.reset();
  EXPECT_FALSE(std::filesystem::exists(full));
}

TEST_F(HostTest, CommandsOfTheFileAreActions) {
  Target target = greeter();
  EXPECT_FALSE(host(target)->can(Action::reload));
  EXPECT_EQ(host(target)->perform(Action::reload), "target 'greeter' has no command to reload it");
  target.commands.reload = {"sh", "-c", "echo {pid} >{dir}/reloaded"};
  target.commands.queue_purge = {"sh", "-c", "echo no rights; exit 5"};
  const auto served = host(target);
  EXPECT_EQ(served->perform(Action::restart), "");
  ASSERT_TRUE(served->can(Action::reload));
  EXPECT_EQ(served->perform(Action::reload), "");
  EXPECT_TRUE(runs(pid_in(served->target().start->working_folder + "/reloaded")));
  EXPECT_EQ(served->perform(Action::purge), "'sh' exited with status 5: no rights");
}

// The braces of an address are its own.
TEST_F(HostTest, AMessageIsHandedOverByTheCommandOfTheFile) {
  const CommandMail mail{"{dir}@a.test", {"b@relay.test", "c d@relay.test"}, std::string("a\0b\n.\n", 6)};
  Target target = greeter();
  EXPECT_EQ(std::get<CommandFailed>(host(target)->submit(mail)).why,
            "target 'greeter' has no command that takes mail");
  const TemporaryFolder elsewhere;
  const std::string handed = elsewhere / "handed";
  target.commands.submit = {"sh", "-c",         "printf '%s|' \"$@\" >" + handed + " && cat >>" + handed,
                            "sh", "<{sender}>", "{recipients}"};
  Target running = target;
  running.kind = Target::Kind::running;
  for (const Target& one : {target, running}) {
    EXPECT_TRUE(std::get<CommandEnded>(host(one)->submit(mail)).succeeded());
    std::ifstream file(handed, std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(all, "<{dir}@a.test>|b@relay.test|c d@relay.test|" + mail.input);
  }
  target.commands.submit = {"sh", "-c", "cat; exit 65"};
  EXPECT_FALSE(std::get<CommandEnded>(host(target)->submit(mail)).succeeded());
}

TEST_F(HostTest, AFlushGoesOnAmongTheProcessesOfTheServer) {
  Target target = greeter();
  target.commands.queue_flush = {"sh", "-c", "echo $$ >flushing; exec sleep 60"};
  const auto served = host(target);
  EXPECT_EQ(served->perform(Action::flush), "");
  const pid_t flushing = pid_in(served->target().start->working_folder + "/flushing");
  EXPECT_TRUE(runs(flushing));
  EXPECT_TRUE(served->alive());
  EXPECT_EQ(served->perform(Action::kill), "");
  EXPECT_FALSE(runs(flushing));
}

TEST_F(HostTest, WhatIsThrownAwayIsNotStillBeingSent) {
  Target target = greeter();
  target.commands.queue_flush = {"sh", "-c", "sleep 0.4; touch flushed"};
  target.commands.queue_purge = {"test", "-e", "{dir}/flushed"};
  const auto served = host(target);
  EXPECT_EQ(served->perform(Action::flush), "");
  EXPECT_EQ(served->perform(Action::purge), "");
}

TEST_F(HostTest, AFlushThatFailsIsReported) {
  Target target = greeter();
  target.commands.queue_flush = {"sh", "-c", "exit 3"};
  EXPECT_EQ(host(target)->perform(Action::flush), "'sh' exited with status 3");
  target.commands.queue_flush = {"no-such-program"};
  EXPECT_EQ(host(target)->perform(Action::flush),
            "can't execute 'no-such-program': No such file or directory");
}

TEST_F(HostTest, TheNextHopIsItsRelayPortOrWhatTheFileSays) {
  Target target = greeter();
  EXPECT_EQ(host(target)->next_hop(), std::nullopt) << "it relays nothing";
  target.relay_domain = "relay.test";
  target.start->environment = {{"NEXT", "{relay_port}"}};
  const auto served = host(target);
  EXPECT_EQ(served->next_hop(),
            parse_endpoint("127.0.0.1:" + served->target().start->environment.at("NEXT")));
  target.relay.listen = "127.0.0.1:2626";
  EXPECT_EQ(host(target)->next_hop(), parse_endpoint("127.0.0.1:2626"));
  target.start.reset();
  target.kind = Target::Kind::running;
  EXPECT_EQ(host(target)->next_hop(), parse_endpoint("127.0.0.1:2626"));
  target.relay.listen.clear();
  EXPECT_EQ(host(target)->next_hop(), std::nullopt);
}

TEST_F(HostTest, ARunningServerHasTheActionsOfItsFile) {
  Target target;
  target.kind = Target::Kind::running;
  target.name = "theirs";
  target.commands.kill = {"true"};
  target.commands.restart = {"true"};
  const auto served = host(target);
  EXPECT_FALSE(served->can(Action::terminate));
  EXPECT_EQ(served->perform(Action::terminate), "target 'theirs' has no command to terminate it");
  EXPECT_FALSE(served->is_down());
  EXPECT_EQ(served->perform(Action::kill), "");
  EXPECT_TRUE(served->is_down());
  EXPECT_EQ(served->perform(Action::restart), "");
  EXPECT_FALSE(served->is_down());
}

TEST_F(HostTest, TheEmbeddedTargetIsEndedAndBeginsAgainAtTheSamePlace) {
  const auto served = host(embedded_target());
  const auto at = parse_endpoint(served->target().endpoints.at(EndpointKind::smtp));
  const auto answers = [&] {
    const auto outcome =
        loop_.run(wire::connect(loop_, *at, {}, wire::deadline_after(std::chrono::seconds(5))));
    return std::holds_alternative<wire::Connection>(outcome);
  };
  EXPECT_TRUE(answers());
  for (const Action end : {Action::kill, Action::terminate}) {
    EXPECT_EQ(served->perform(end), "");
    EXPECT_TRUE(served->is_down());
    loop_.run(wire::sleep_for(loop_, std::chrono::milliseconds(1)));
    EXPECT_FALSE(answers());
    EXPECT_EQ(served->perform(Action::restart), "");
    EXPECT_FALSE(served->is_down());
    EXPECT_TRUE(answers());
  }
  EXPECT_EQ(served->perform(Action::reload), "");
  EXPECT_TRUE(answers());
}

TEST_F(HostTest, AClientHasAPortForItsServerAndNothingToDoTo) {
  Target target;
  target.kind = Target::Kind::client;
  target.name = "mysend";
  target.send.emplace();
  target.send->command = {"sh", "-c", "{root} {dir} {port} {mine}"};
  target.send->root = folder_.path();
  target.variables["mine"] = "x";
  const auto served = host(target);
  EXPECT_EQ(served->target().send->command.back(), std::string(folder_.path()) + " {dir} {port} x");
  EXPECT_NE(std::get<wire::TcpEndpoint>(*served->next_hop()).port, 0);
  EXPECT_FALSE(served->can(Action::kill));
  EXPECT_EQ(served->perform(Action::kill), "target 'mysend' has no way to kill it");
  EXPECT_TRUE(served->alive());
}

}  // namespace
}  // namespace smtpspec::target
