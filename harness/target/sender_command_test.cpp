// SPDX-License-Identifier: Apache-2.0
#include "target/sender_command.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/process_watch_for_test.hpp"
#include "target/temporary_folder_for_test.hpp"

namespace smtpspec::target {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::MatchesRegex;

Target client(const Command& command) {
  Target target;
  target.kind = Target::Kind::client;
  target.name = "mysend";
  target.send.emplace();
  target.send->command = command;
  return target;
}

class SenderCommand : public testing::Test {
 protected:
  SenderCommand() {
    request_.port = 2626;
    request_.sender = "a{b}@x.test";
    request_.recipients = {"c@y.test", "{port}@y.test"};
    request_.content = "Subject: x\r\n\r\na\rb\r\n.\r\n";
    request_.directory = folder_.path();
  }

  std::variant<CommandEnded, CommandFailed> run(const Target& target) {
    auto outcome = run_sender_command(target, request_);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
    return outcome;
  }

  /// What it wrote, or why it could not.
  std::string output_of(const Target& target) {
    const auto outcome = run(target);
    if (const auto* failed = std::get_if<CommandFailed>(&outcome))
      return failed->why + " | " + failed->output;
    return std::get<CommandEnded>(outcome).output;
  }

  TemporaryFolder folder_;
  SendRequest request_;
};

TEST_F(SenderCommand, GetsTheMessageOnItsInputAndAsAFile) {
  EXPECT_EQ(output_of(client({"cat"})), request_.content);
  EXPECT_EQ(output_of(client({"cat", "{message_file}"})), request_.content);
}

TEST_F(SenderCommand, MayGetLinesThatEndInLf) {
  Target target = client({"cat"});
  target.send->takes_lf = true;
  EXPECT_EQ(output_of(target), "Subject: x\n\na\rb\n.\n");
}

TEST_F(SenderCommand, GetsEachRecipientAsAWordAndNoBraceOfAnAddressIsTouched) {
  EXPECT_EQ(
      output_of(client({"printf", "<%s>", "{host}:{port}", "{sender}", "{recipients}", "to={recipients}"})),
      "<127.0.0.1:2626><a{b}@x.test><c@y.test><{port}@y.test><to=c@y.test,{port}@y.test>\n");
}

TEST_F(SenderCommand, AuthenticatesAndProtectsItsConnectionWhenAsked) {
  Target target = client({"printf", "<%s>", "{security}", "{auth}", "."});
  target.send->plain = {"--no-tls"};
  target.send->starttls = {"--starttls"};
  EXPECT_EQ(output_of(target), "<--no-tls><.>\n");
  request_.security = Security::starttls;
  EXPECT_EQ(output_of(target), "<--starttls><.>\n");
  request_.user = "me";
  request_.password = "{user}";
  EXPECT_EQ(output_of(target), "mysend can't be told to authenticate: its target file has no [send] auth | ");
  target.send->auth = {"{user}", "{password}"};
  EXPECT_EQ(output_of(target), "<--starttls><me><{user}><.>\n");
  request_.security = Security::tls;
  EXPECT_EQ(output_of(target),
            "mysend can't be told to begin with TLS: its target file has no [send] tls | ");
}

TEST_F(SenderCommand, FindsTheCertificateToTrustInAFile) {
  EXPECT_EQ(output_of(client({"printf", "<%s>", "{ca}"})), "<>\n");
  request_.ca = "a certificate\n";
  EXPECT_EQ(output_of(client({"cat", "{ca}"})), "a certificate\n");
}

TEST_F(SenderCommand, IsPreparedInAFolderOfItsOwn) {
  const TemporaryFolder templates;
  templates.write("rc", "{mine} for {sender} at {port}\n");
  Target target = client({"sh", "-c", "cat rc made; echo $CONFIG"});
  target.variables["mine"] = "settings";
  target.send->templates = templates.path();
  target.send->prepare = {{"sh", "-c", "echo ready >made"}};
  target.send->environment = {{"CONFIG", "{dir}/rc"}};
  EXPECT_THAT(output_of(target), MatchesRegex("settings for a.b.@x.test at 2626\nready\n" +
                                              std::string(folder_.path()) + "/smtpspec-mysend-.*/rc\n"));
  target.send->prepare = {{"sh", "-c", "echo no disk; exit 7"}};
  EXPECT_EQ(output_of(target), "its prepare command 'sh' exited with status 7 | no disk\n");
}

TEST_F(SenderCommand, TellsHowItEnded) {
  const auto outcome = run(client({"sh", "-c", "echo no such host >&2; exit 68"}));
  EXPECT_EQ(std::get<CommandEnded>(outcome).wait_status, 68 << 8);
  EXPECT_EQ(std::get<CommandEnded>(outcome).output, "no such host\n");
}

TEST_F(SenderCommand, ThatIsNotThereIsReported) {
  EXPECT_EQ(output_of(client({"no-such-client"})),
            "can't execute 'no-such-client': No such file or directory | ");
}

TEST_F(SenderCommand, ThatTakesTooLongIsKilledWithAllItStarted) {
  const TemporaryFolder elsewhere;
  Target target =
      client({"sh", "-c", "setsid sleep 60 & echo $! >\"$0\"; echo waiting; wait", elsewhere / "pid"});
  target.send->within = milliseconds(300);
  EXPECT_THAT(output_of(target), MatchesRegex("'.*/sh' took longer than 300 ms . waiting\n"));
  EXPECT_FALSE(runs(pid_in(elsewhere / "pid")));
}

TEST_F(SenderCommand, IsEndedWhenItIsCancelled) {
  std::atomic<bool> cancelled{false};
  request_.cancelled = &cancelled;
  std::thread canceller([&cancelled] { cancelled = true; });
  EXPECT_THAT(output_of(client({"sleep", "60"})), HasSubstr("was cancelled"));
  canceller.join();
}

TEST_F(SenderCommand, MayRunSeveralTimesAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> well = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([i, request = request_, &well]() mutable {
      request.sender = std::to_string(i);
      const auto outcome = run_sender_command(client({"printf", "{sender}"}), request);
      const auto* ended = std::get_if<CommandEnded>(&outcome);
      well += ended && ended->output == request.sender + "\n";
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(well, 8);
}

}  // namespace
}  // namespace smtpspec::target
