// SPDX-License-Identifier: Apache-2.0
#include "target/command.hpp"

#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "target/process_watch_for_test.hpp"
#include "target/temporary_folder_for_test.hpp"

namespace smtpspec::target {
namespace {

using std::chrono::milliseconds;
using testing::MatchesRegex;

std::string output_of(const Command& command, const std::map<std::string, std::string>& changes = {}) {
  const auto outcome = run_command(command, changes, milliseconds(10'000));
  if (const auto* failed = std::get_if<CommandFailed>(&outcome)) return "failed: " + failed->why;
  return std::get<CommandEnded>(outcome).output;
}

TEST(Command, GivesWhatItSaysOnBothOutputs) {
  EXPECT_EQ(output_of({"sh", "-c", "echo out; echo err >&2; echo $0 $1", "a b", "c"}), "out\nerr\na b c\n");
}

TEST(Command, GetsOurEnvironmentWithTheChanges) {
  setenv("SMTPSPEC_TEST_ONE", "1", 1);
  EXPECT_EQ(
      output_of({"sh", "-c", "echo $SMTPSPEC_TEST_ONE $SMTPSPEC_TEST_TWO"}, {{"SMTPSPEC_TEST_TWO", "2"}}),
      "1 2\n");
  unsetenv("SMTPSPEC_TEST_ONE");
}

TEST(Command, TellsHowItEnded) {
  const auto outcome = run_command({"sh", "-c", "exit 3"}, {}, milliseconds(10'000));
  const auto& ended = std::get<CommandEnded>(outcome);
  EXPECT_FALSE(ended.succeeded());
  EXPECT_EQ(WEXITSTATUS(ended.wait_status), 3);
}

TEST(Command, ThatDoesNotExistIsReported) {
  EXPECT_EQ(output_of({"no-such-program"}), "failed: there is no program 'no-such-program'");
  EXPECT_EQ(output_of({"/etc/passwd"}), "failed: there is no program '/etc/passwd'");
}

TEST(Command, ThatCannotBeExecutedIsReportedAndLeavesNoProcess) {
  const TemporaryFolder folder;
  const auto program = folder / "garbage";
  folder.write("garbage", "neither a script nor a program");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  EXPECT_EQ(output_of({program}), "failed: can't execute '" + program + "': Exec format error");
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Command, HoldsNothingOpenOfOurs) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ(output_of({"sh", "-c", "echo /proc/self/fd/*"}),
            "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n");
  close(ends[0]);
  close(ends[1]);
}

TEST(Command, ReadsWhatItIsGiven) {
  const auto outcome = run_command({"cat"}, {}, milliseconds(10'000), "a\nb");
  EXPECT_EQ(std::get<CommandEnded>(outcome).output, "a\nb");
}

TEST(Command, ThatTakesTooLongIsKilledWithAllItStarted) {
  const TemporaryFolder folder;
  const std::string pid_file = folder / "pid";
  const auto outcome =
      run_command({"sh", "-c", "sleep 60 & echo $! > \"$0\"; wait", pid_file}, {}, milliseconds(300));
  ASSERT_TRUE(std::holds_alternative<CommandFailed>(outcome));
  EXPECT_THAT(std::get<CommandFailed>(outcome).why, MatchesRegex("'.*/sh' took longer than 300 ms"));
  EXPECT_TRUE(comes_true([&] { return !runs(pid_in(pid_file)); }));
}

TEST(Command, WithEndlessOutputIsBounded) {
  const auto outcome = run_command({"sh", "-c", "head -c 6000000 /dev/zero"}, {}, milliseconds(10'000));
  EXPECT_EQ(std::get<CommandEnded>(outcome).output.size(), max_command_output);
}

}  // namespace
}  // namespace smtpspec::target
