// SPDX-License-Identifier: Apache-2.0
#include "result/atomic_file.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gmock/gmock.h>

namespace smtpspec::result {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class AtomicFile : public ::testing::Test {
 protected:
  AtomicFile() {
    std::string name = (fs::temp_directory_path() / "smtpspec-atomic-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~AtomicFile() override { fs::remove_all(folder); }

  static std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  }

  fs::path folder;
};

TEST_F(AtomicFile, HoldsTheContentAndLeavesNothingElse) {
  const std::string content("a\0b\r\n", 5);
  EXPECT_FALSE(write_file_atomically(folder / "x", content));
  EXPECT_EQ(read(folder / "x"), content);
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, ReplacesWhatWasThereAndFollowsLinks) {
  ASSERT_FALSE(write_file_atomically(folder / "x", "old"));
  fs::create_symlink(folder / "x", folder / "link");
  EXPECT_FALSE(write_file_atomically(folder / "link", "new"));
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read(folder / "x"), "new");
}

TEST_F(AtomicFile, MakesMissingFolders) {
  EXPECT_FALSE(write_file_atomically(folder / "a/b/x", "1"));
  EXPECT_EQ(read(folder / "a/b/x"), "1");
}

TEST_F(AtomicFile, FolderInPlaceOfAFileSaysSo) {
  const auto failed = write_file_atomically(folder, "1");
  ASSERT_TRUE(failed);
  EXPECT_THAT(failed->message, HasSubstr("name a file in that folder"));
  EXPECT_TRUE(check_writable(folder));
  EXPECT_EQ(entries(), 0);
}

TEST_F(AtomicFile, FileInPlaceOfAFolderSaysSo) {
  ASSERT_FALSE(write_file_atomically(folder / "x", "1"));
  const auto failed = write_file_atomically(folder / "x" / "y", "2");
  ASSERT_TRUE(failed);
  EXPECT_THAT(failed->message, StartsWith((folder / "x" / "y").string() + ": "));
  EXPECT_TRUE(check_writable(folder / "x" / "y"));
  EXPECT_EQ(read(folder / "x"), "1");
}

TEST_F(AtomicFile, UnwritableFolderSaysSo) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec);
  const auto failed = write_file_atomically(folder / "x", "1");
  fs::permissions(folder, fs::perms::owner_all);
  ASSERT_TRUE(failed);
  EXPECT_THAT(failed->message, HasSubstr("make its folder writable"));
}

TEST_F(AtomicFile, PseudoFileSystemRefusesAndSaysSo) {
  const auto failed = check_writable("/proc/no-such-folder/x");
  ASSERT_TRUE(failed);
  EXPECT_THAT(failed->message, HasSubstr("its folder can't be made"));
}

TEST_F(AtomicFile, FullDiskSaysSo) {
  const auto failed = write_file_atomically("/dev/full", "1");
  ASSERT_TRUE(failed);
  EXPECT_THAT(failed->message, HasSubstr("free some space"));
}

// The only way to run out of room in a regular file that needs no privilege and no small disk.
TEST_F(AtomicFile, FailureHalfwayKeepsTheOldContentAndLeavesNothingElse) {
  ASSERT_FALSE(write_file_atomically(folder / "x", "old"));
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1000;
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto failed = write_file_atomically(folder / "x", std::string(5000, 'n'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_TRUE(failed);
  EXPECT_THAT(failed->message, HasSubstr("ulimit -f"));
  EXPECT_EQ(read(folder / "x"), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, CheckLeavesNothing) {
  EXPECT_FALSE(check_writable(folder / "x"));
  EXPECT_FALSE(check_writable("-"));
  EXPECT_FALSE(check_writable("/dev/null"));
  EXPECT_EQ(entries(), 0);
}

}  // namespace
}  // namespace smtpspec::result
