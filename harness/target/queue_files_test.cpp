// SPDX-License-Identifier: Apache-2.0
#include "target/queue_files.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "target/queue.hpp"
#include "target/temporary_folder_for_test.hpp"

namespace smtpspec::target {
namespace {

// All of it is read two times.
std::string twice(const std::string& text) {
  return text + text;
}

class QueueFilesTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(QueueFilesTest, FilesAreReadInTheOrderOfThePatterns) {
  folder_.write("deferred/A/1", "to: first\n");
  folder_.write("active/2", "to: second");
  EXPECT_EQ(read_queue({{folder_ / "active/*", folder_ / "deferred/*/*"}, {}}),
            twice("to: second\nto: first\n\n"));
}

TEST_F(QueueFilesTest, BracesStandForSeveralFoldersOfWhichSomeMayBeMissing) {
  folder_.write("changes/msgs/C1", "here");
  EXPECT_EQ(read_queue({{folder_ / "{changes,root}/msgs/C*"}, {}}), twice("here\n"));
}

TEST_F(QueueFilesTest, AnEmptyQueueIsNoFailure) {
  folder_.write("queue/other", "");
  EXPECT_EQ(read_queue({{folder_ / "queue/*-H"}, {}}), "");
}

TEST_F(QueueFilesTest, APatternThatLeadsNowhereIsAFailure) {
  EXPECT_EQ(read_queue({{folder_ / "misspelt/*"}, {}}), std::nullopt);
  EXPECT_TRUE(has_something_to_purge({{}, {folder_ / "misspelt/*"}}));
}

TEST_F(QueueFilesTest, OfALargeFileTheBeginningIsRead) {
  folder_.write("queue/1", std::string(1'000'000, 'x'));
  EXPECT_EQ(read_queue({{folder_ / "queue/*"}, {}})->size(), 2 * (64 * 1024 + 1));
}

TEST_F(QueueFilesTest, WhatIsGoneWhenItIsReadIsLookedForAgain) {
  folder_.write("queue/1", "to: first\n");
  std::filesystem::create_symlink("not-there", folder_ / "queue/2");  // matched, and no file to be read
  EXPECT_EQ(read_queue({{folder_ / "queue/*"}, {}}), twice("to: first\n\n"))
      << "in the end it is taken as it is";
}

TEST_F(QueueFilesTest, ThereIsSomethingToPurgeWhereAFileIsOrNobodyCanTell) {
  folder_.write("queue/1", "");
  folder_.write("known/other", "");
  EXPECT_TRUE(has_something_to_purge({{}, {}}));
  EXPECT_TRUE(has_something_to_purge({{}, {folder_ / "known/retry", folder_ / "queue/*"}}));
  EXPECT_FALSE(has_something_to_purge({{folder_ / "queue/*"}, {folder_ / "known/retry"}}));
}

TEST_F(QueueFilesTest, FilesAreAskedBeforeTheCommand) {
  folder_.write("queue/1", "for the token");
  Target target;
  target.commands.queue_list = {"echo", "another"};
  EXPECT_EQ(list_queue(target), "another\n");
  target.queue.files = {folder_ / "queue/*"};
  EXPECT_EQ(queue_state(target, "token"), QueueState::holds);
  EXPECT_EQ(queue_state(target, "another"), QueueState::free_of);
}

}  // namespace
}  // namespace smtpspec::target
