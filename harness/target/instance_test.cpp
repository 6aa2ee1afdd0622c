// SPDX-License-Identifier: Apache-2.0
#include "target/instance.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/process_watch_for_test.hpp"
#include "target/temporary_folder_for_test.hpp"

namespace smtpspec::target {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;

/// The little server of fixtures/servers with some habits.
Target greeter(const std::vector<std::string>& habits = {}) {
  Target target;
  target.kind = Target::Kind::started;
  target.name = "greeter";
  target.endpoints[EndpointKind::smtp] = "127.0.0.1:{port}";
  target.start.emplace();
  target.start->command = {"/usr/bin/python3", SMTPSPEC_SOURCE_DIR "/fixtures/servers/greeter.py", "{port}"};
  target.start->command.insert(target.start->command.end(), habits.begin(), habits.end());
  return target;
}

class InstanceTest : public testing::Test {
 protected:
  std::variant<Instance, StartFailed> start_in_folder(const Target& target) {
    StartOptions options;
    options.temporary = folder_.path();
    return start(target, options);
  }

  Instance started(const Target& target) {
    auto outcome = start_in_folder(target);
    if (auto* failed = std::get_if<StartFailed>(&outcome))
      throw std::runtime_error(failed->why + failed->log_tail);
    return std::get<Instance>(std::move(outcome));
  }

  StartFailed failure(const Target& target) {
    auto outcome = start_in_folder(target);
    return std::holds_alternative<StartFailed>(outcome) ? std::get<StartFailed>(outcome)
                                                        : StartFailed{"it started", {}};
  }

  // What it says may take a moment to the log.
  static std::string log_with(Instance& instance, const std::string& words) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (instance.log_tail().find(words) == std::string::npos && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return instance.log_tail();
  }

  bool nothing_left() const { return fs::is_empty(folder_.path()); }

  TemporaryFolder folder_;
};

TEST_F(InstanceTest, StartsAndStopsAndLeavesNothing) {
  Instance instance = started(greeter());
  EXPECT_TRUE(instance.alive());
  EXPECT_EQ(instance.ending(), std::nullopt);
  EXPECT_TRUE(instance.target().endpoint(EndpointKind::smtp));
  EXPECT_TRUE(fs::exists(instance.folder()));
  EXPECT_THAT(log_with(instance, "listening on "), HasSubstr("listening on "));
  instance.stop();
  EXPECT_TRUE(nothing_left());
  instance.stop();
}

TEST_F(InstanceTest, SeveralRunAtOnceOnPortsOfTheirOwn) {
  const Instance first = started(greeter());
  const Instance second = started(greeter());
  EXPECT_NE(first.target().endpoint(EndpointKind::smtp), second.target().endpoint(EndpointKind::smtp));
  EXPECT_NE(first.relay_port(), second.relay_port());
  EXPECT_NE(first.folder(), second.folder());
}

TEST_F(InstanceTest, SyslogMessagesAreKeptAsLines) {
  Target target = greeter();
  target.start->syslog = true;
  target.logs = {"{dir}/log"};
  target.start->prepare = {{"/usr/bin/logger", "-d", "-u", "{dir}/syslog.socket", "--rfc3164", "-t", "mymta",
                            "-p", "mail.info", "ready to go"},
                           {"/usr/bin/python3", "-c",
                            "import socket, sys\n"
                            "to = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                            "to.connect(sys.argv[1])\n"
                            "for message in b'<22>mymta[7]: one\\n\\0', b'no priority', b'<999999>x', "
                            "b'<22>', b'<22>two\\nlines':\n"
                            "    to.send(message)\n"
                            "for i in range(5000):\n"
                            "    to.send(b'<22>%0300d' % i)\n"
                            "to.send(b'<22>the last')\n",
                            "{dir}/syslog.socket"}};
  Instance instance = started(target);
  EXPECT_THAT(instance.log_tail(), HasSubstr("0004999\nthe last\n"));
  std::string text;
  for (const char* name : {"log.1", "log"}) {
    std::ifstream file(instance.folder() / name, std::ios::binary);
    text.append(std::istreambuf_iterator<char>(file), {});
  }
  EXPECT_THAT(text, testing::ContainsRegex("[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]+ .*mymta: ready to go\n"));
  EXPECT_THAT(text, HasSubstr("\nmymta[7]: one\nno priority\n<999999>x\ntwo lines\n"));
  EXPECT_THAT(text, HasSubstr("\n" + std::string(300, '0') + "\n"));
  instance.stop();
  EXPECT_TRUE(nothing_left());
}

TEST_F(InstanceTest, SyslogWorksBelowALongPath) {
  const fs::path deep = folder_.path() / std::string(100, 'd');
  fs::create_directory(deep);
  Target target = greeter();
  target.start->syslog = true;
  StartOptions options;
  options.temporary = deep;
  auto outcome = start(target, options);
  ASSERT_TRUE(std::holds_alternative<Instance>(outcome)) << std::get<StartFailed>(outcome).why;
  EXPECT_TRUE(fs::is_socket(std::get<Instance>(outcome).folder() / "syslog.socket"));
}

TEST_F(InstanceTest, OneThatExitsAtOnceIsReportedWithItsOutput) {
  const auto failed = failure(greeter({"exits"}));
  EXPECT_EQ(failed.why, "it exited with status 3 before it was ready");
  EXPECT_EQ(failed.log_tail, "greeter: this can't work\n");
  EXPECT_TRUE(nothing_left());
}

TEST_F(InstanceTest, OneThatNeverGreetsIsGivenUp) {
  Target target = greeter({"silent"});
  target.start->ready_within = milliseconds(500);
  const auto failed = failure(target);
  EXPECT_THAT(failed.why, testing::MatchesRegex(
                              "it was not ready within 500 ms: 127.0.0.1:[0-9]+ accepted a connection but "
                              "sent no complete greeting"));
  EXPECT_TRUE(nothing_left());
}

TEST_F(InstanceTest, OneThatRefusesEverybodyIsGivenUp) {
  Target target = greeter({"refuses"});
  target.start->ready_within = milliseconds(500);
  EXPECT_THAT(failure(target).why, HasSubstr(R"(greeted with '554 closed for good\r\n' instead of 220)"));
}

TEST_F(InstanceTest, OneThatIsNoProgramIsReported) {
  Target target = greeter();
  target.start->command = {"no-such-mta", "{port}"};
  EXPECT_EQ(failure(target).why, "can't execute 'no-such-mta': No such file or directory");
  EXPECT_TRUE(nothing_left());
}

TEST_F(InstanceTest, AFolderThatCantBeMadeIsReported) {
  StartOptions options;
  options.temporary = folder_ / "nowhere";
  const auto outcome = start(greeter(), options);
  ASSERT_TRUE(std::holds_alternative<StartFailed>(outcome));
  EXPECT_THAT(std::get<StartFailed>(outcome).why,
              testing::MatchesRegex(
                  "can't make the folder .*/nowhere/smtpspec-greeter-[0-9a-f]+: No such file or directory"));
}

TEST_F(InstanceTest, AMissingRootSaysHowToGetIt) {
  Target target = greeter();
  target.software = "My MTA";
  target.start->root = folder_ / "nowhere";
  target.start->get = "ci/targets mymta";
  EXPECT_EQ(failure(target).why,
            "My MTA is not there: no folder " + (folder_ / "nowhere") + "; get it with: ci/targets mymta");
}

TEST_F(InstanceTest, AMissingProgramSaysHowToGetIt) {
  Target target = greeter();
  target.start->needs_programs = {"sh", "{here_it_is}/bin/qmail-smtpd"};
  target.variables["here_it_is"] = "/nowhere";
  target.start->get = "apt-get install notqmail";
  EXPECT_EQ(failure(target).why,
            "greeter needs the program '/nowhere/bin/qmail-smtpd', which is not installed here; get it with: "
            "apt-get install notqmail");
}

TEST_F(InstanceTest, AFailedPreparationIsReportedWithItsOutput) {
  Target target = greeter();
  target.start->prepare = {{"sh", "-c", "echo ready"}, {"sh", "-c", "echo no disk >&2; exit 7"}};
  const auto failed = failure(target);
  EXPECT_EQ(failed.why, "its prepare command 'sh' exited with status 7");
  EXPECT_EQ(failed.log_tail, "ready\nno disk\n");
}

TEST_F(InstanceTest, TemplatesAreFilled) {
  const TemporaryFolder templates;
  templates.write("conf/a.cf", "port {port} in {dir} for {mine} {token}");
  Target target = greeter();
  target.variables["mine"] = "x{root}y";
  target.start->templates = templates.path();
  const Instance instance = started(target);
  std::string text;
  std::getline(std::ifstream(instance.folder() / "conf/a.cf"), text);
  const auto endpoint = std::get<wire::TcpEndpoint>(*instance.target().endpoint(EndpointKind::smtp));
  EXPECT_EQ(text, "port " + std::to_string(endpoint.port) + " in " + instance.folder().string() +
                      " for xy {token}");
}

TEST_F(InstanceTest, AMisspeltPlaceholderInATemplateIsReported) {
  const TemporaryFolder templates;
  templates.write("a.cf", "{relay_prot}");
  Target target = greeter();
  target.start->templates = templates.path();
  EXPECT_EQ(failure(target).why, "the template " + (templates / "a.cf") +
                                     " has an unknown placeholder {relay_prot}, did you mean {relay_port}?");
}

TEST_F(InstanceTest, TheGrandchildrenEndToo) {
  Instance instance = started(greeter({"fork", "deaf"}));
  const std::string file = instance.folder() / "children";
  ASSERT_TRUE(comes_true([&] { return pid_in(file) > 0; }));
  const pid_t grandchild = pid_in(file);
  ASSERT_TRUE(runs(grandchild));
  instance.kill();
  EXPECT_FALSE(runs(grandchild));
  EXPECT_FALSE(instance.alive());
  EXPECT_EQ(instance.ending(), "killed by signal 9 (KILL)");
  EXPECT_TRUE(fs::exists(instance.folder())) << "its log is still wanted";
  instance.stop();
  EXPECT_TRUE(nothing_left());
}

TEST_F(InstanceTest, ADeafOneIsKilledAfterItsGrace) {
  Target target = greeter({"deaf"});
  target.start->stop_within = milliseconds(50);
  Instance instance = started(target);
  instance.stop();
  EXPECT_TRUE(nothing_left());
}

TEST_F(InstanceTest, OneThatGoesIntoTheBackgroundIsAliveWhileItsProcessesAre) {
  Instance instance = started(greeter({"background"}));
  EXPECT_TRUE(comes_true([&] { return instance.ending() == "exited with status 0"; }));
  EXPECT_TRUE(instance.alive());
  instance.kill();
  EXPECT_FALSE(instance.alive());
}

TEST_F(InstanceTest, ADeathIsNoticedAndMendedByARestart) {
  Instance instance = started(greeter());
  const auto endpoint = instance.target().endpoint(EndpointKind::smtp);
  instance.kill();
  EXPECT_FALSE(instance.alive());
  ASSERT_EQ(instance.restart(), std::nullopt);
  EXPECT_TRUE(instance.alive());
  EXPECT_EQ(instance.target().endpoint(EndpointKind::smtp), endpoint);
}

TEST_F(InstanceTest, MuchOutputIsBounded) {
  Instance instance = started(greeter({"chatty"}));
  ASSERT_TRUE(comes_true([&] { return instance.log_tail().find("listening on") != std::string::npos; }));
  EXPECT_THAT(instance.log_tail(), HasSubstr("the last line\n"));
  EXPECT_LE(instance.log_tail(1000).size(), 1000u);
  EXPECT_LT(fs::file_size(instance.folder() / "server.output"), 1200u * 1024);
}

TEST_F(InstanceTest, InterruptionEndsTheWaiting) {
  const std::atomic<bool> interrupted{true};
  StartOptions options;
  options.temporary = folder_.path();
  options.interrupted = &interrupted;
  const auto outcome = start(greeter({"silent"}), options);
  ASSERT_TRUE(std::holds_alternative<StartFailed>(outcome));
  EXPECT_EQ(std::get<StartFailed>(outcome).why, "interrupted");
  EXPECT_TRUE(nothing_left());
}

// Not a test but the program that the next test kills: it starts a server and waits for the end.
TEST(HarnessToBeKilled, DISABLED_HoldsAServer) {
  StartOptions options;
  options.temporary = getenv("SMTPSPEC_TEST_FOLDER");
  auto outcome = start(greeter({"fork", "deaf"}), options);
  ASSERT_TRUE(std::holds_alternative<Instance>(outcome));
  pause();
}

TEST_F(InstanceTest, NothingIsLeftWhenTheHarnessIsKilled) {
  const pid_t harness = fork();
  ASSERT_GE(harness, 0);
  if (harness == 0) {
    setenv("SMTPSPEC_TEST_FOLDER", folder_.path().c_str(), 1);
    freopen("/dev/null", "w", stdout);
    execl("/proc/self/exe", "target_test", "--gtest_filter=HarnessToBeKilled.*",
          "--gtest_also_run_disabled_tests", static_cast<char*>(nullptr));
    _exit(127);
  }
  const auto grandchild_file = [&]() -> std::string {
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      if (fs::exists(entry.path() / "children")) return entry.path() / "children";
    }
    return "";
  };
  EXPECT_TRUE(comes_true([&] { return pid_in(grandchild_file()) > 0; }));
  const pid_t grandchild = pid_in(grandchild_file());
  EXPECT_TRUE(runs(grandchild));
  kill(harness, SIGKILL);
  waitpid(harness, nullptr, 0);
  EXPECT_TRUE(comes_true([&] { return !runs(grandchild); }));
  EXPECT_TRUE(comes_true([&] { return nothing_left(); }));
}

}  // namespace
}  // namespace smtpspec::target
