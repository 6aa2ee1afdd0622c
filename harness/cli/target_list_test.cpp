// SPDX-License-Identifier: Apache-2.0
#include "cli/target_list.hpp"

#include <filesystem>
#include <fstream>
#include <stdlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpspec::cli {
namespace {

namespace fs = std::filesystem;

class TargetListTest : public testing::Test {
 protected:
  TargetListTest() {
    std::string name = testing::TempDir() + "/target-list-XXXXXX";
    folder_ = mkdtemp(name.data());
    options_.targets = folder_ / "unpacked";
    fs::create_directories(options_.targets);
  }
  ~TargetListTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& start) {
    const auto file = folder_ / "targets" / (name + ".toml");
    fs::create_directories(file.parent_path());
    const auto last_word = name.substr(name.rfind('/') + 1);
    std::ofstream(file) << "name = \"" << last_word << "\"\nsoftware = \"My " << last_word << "\"\n"
                        << start
                        << "[endpoints]\nsmtp = \"127.0.0.1:25\"\n[mail]\nrecipient = \"a@b.test\"\n";
  }

  TargetList list() const { return list_targets(folder_ / "targets", options_); }

  fs::path folder_;
  target::StartOptions options_;
};

constexpr const char* unpacked = "[start]\ncommand = [\"x\"]\nroot = \"one\"\nget = \"ci/targets one\"\n";

TEST_F(TargetListTest, SaysWhyATargetCantRun) {
  write("one", unpacked);
  write("two", "[start]\ncommand = [\"x\"]\nneeds_programs = [\"no-such-mta\", \"sh\"]\n");
  write("remote/there", "");
  EXPECT_EQ(list().text,
            "embedded      the server inside smtpspec  ready\n"
            "one           My one                      not unpacked: ci/targets one\n"
            "two           My two                      no program no-such-mta\n"
            "remote/there  My there                    not started by us; fill in its address and addresses, "
            "then --allow-remote\n");
}

TEST_F(TargetListTest, TellsTheVersionsThatLieThere) {
  write("one", unpacked);
  fs::create_directory(options_.targets / "one@trixie");
  EXPECT_THAT(list().text, testing::HasSubstr("ready as @trixie (not unpacked: ci/targets one)\n"));
  fs::create_directory(options_.targets / "one");
  fs::create_directory(options_.targets / "one@bullseye");
  EXPECT_THAT(list().text, testing::HasSubstr("ready, also @bullseye @trixie\n"));
}

TEST_F(TargetListTest, TellsWhatIsWrongWithAFileAndListsTheOthers) {
  write("one", unpacked);
  write("remote/bad", "rolle = \"mx\"\n");
  const auto listed = list();
  EXPECT_THAT(listed.text, testing::HasSubstr("one "));
  EXPECT_THAT(listed.problems, testing::HasSubstr("bad.toml:3:1: unknown key 'rolle' in a target\n"));
}

}  // namespace
}  // namespace smtpspec::cli
