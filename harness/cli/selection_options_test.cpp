// SPDX-License-Identifier: Apache-2.0
#include "cli/selection_options.hpp"

#include <cstdlib>
#include <fstream>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

namespace smtpspec::cli {
namespace {

using gate::ExitCode;
namespace fs = std::filesystem;

/// A data folder with the requirements of RFC 2920 and three cases.
class SelectionOptionsTest : public testing::Test {
 protected:
  SelectionOptionsTest() {
    unsetenv("SMTPSPEC_DATA");
    std::string name = testing::TempDir() + "/selection-XXXXXX";
    root = mkdtemp(name.data());
    write("scenarios/rfc5321/4.1-commands.toml", head + scenario("quick", "") +
                                                     scenario("late", "slow = true") +
                                                     scenario("harmful", "disruptive = true"));
    fs::create_directories(root / "scenarios/requirements");
    fs::copy(fs::path(SMTPSPEC_SOURCE_DIR) / "scenarios/requirements/rfc2920.toml",
             root / "scenarios/requirements");
  }
  ~SelectionOptionsTest() override { fs::remove_all(root); }

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((root / file).parent_path());
    std::ofstream(root / file) << text;
  }

  static std::string scenario(const std::string& id, const std::string& more) {
    return "[[scenario]]\nid = '" + id +
           "'\ntitle = 'T'\nrule = { text = 'x', level = 'MUST', ref = 'y' }\n" + more +
           "\nsteps = [ { send = 'NOOP', expect = 250 } ]\n";
  }

  /// The ids chosen by a command line, or the exit code.
  std::variant<std::vector<std::string>, ExitCode> choose_by(std::vector<std::string> words) {
    SelectionOptions options;
    CLI::App app;
    options.add_to(app);
    words.insert(words.end(), {"--data", root.string()});
    std::reverse(words.begin(), words.end());
    app.parse(words);
    auto loaded = load(options);
    if (auto* code = std::get_if<ExitCode>(&loaded)) return *code;
    auto chosen = choose(options, std::get<LoadedSuite>(loaded));
    if (auto* code = std::get_if<ExitCode>(&chosen)) return *code;
    std::vector<std::string> ids;
    for (const auto* one : std::get<std::vector<const scenario::Case*>>(chosen)) ids.push_back(one->id);
    return ids;
  }

  using Ids = std::vector<std::string>;

  const std::string head = "spec = 'RFC 5321'\nsection = '4.1'\ntitle = 'T'\nsince = '0.1'\n";
  const std::string file_id = "rfc5321/4.1-commands";
  fs::path root;
};

TEST_F(SelectionOptionsTest, SlowAndDisruptiveCasesAreLeftOut) {
  EXPECT_EQ(std::get<Ids>(choose_by({})), Ids{file_id + "/quick"});
  EXPECT_EQ(std::get<Ids>(choose_by({"--slow"})), (Ids{file_id + "/quick", file_id + "/late"}));
  EXPECT_EQ(std::get<Ids>(choose_by({"--profile", "disruptive"})),
            (Ids{file_id + "/quick", file_id + "/harmful"}));
}

TEST_F(SelectionOptionsTest, IdsChoose) {
  EXPECT_EQ(std::get<Ids>(choose_by({file_id + "/late"})), Ids{file_id + "/late"});
  EXPECT_EQ(std::get<Ids>(choose_by({"rfc5321"})), Ids{file_id + "/quick"});
  EXPECT_EQ(std::get<Ids>(choose_by({"*quick"})), Ids{file_id + "/quick"});
}

TEST_F(SelectionOptionsTest, WhatMatchesNothingIsAUsageError) {
  EXPECT_EQ(std::get<ExitCode>(choose_by({"rfc5321/9.9"})), ExitCode::usage);
  EXPECT_EQ(std::get<ExitCode>(choose_by({"--tag", "nothing"})), ExitCode::usage);
  EXPECT_EQ(std::get<ExitCode>(choose_by({"--rfc", "1"})), ExitCode::usage);
}

TEST_F(SelectionOptionsTest, AFolderOfOnesOwn) {
  write("mine/first.toml", head + scenario("own", ""));
  const auto folder = (root / "mine").string();
  EXPECT_EQ(std::get<Ids>(choose_by({folder})), Ids{"first/own"});
}

TEST_F(SelectionOptionsTest, AScenarioThatIsWrong) {
  write("scenarios/rfc5321/4.2-replies.toml", head + "[[scenario]]\nid = 'x'\nsned = 'y'\n");
  EXPECT_EQ(std::get<ExitCode>(choose_by({})), ExitCode::invalid_file);
}

TEST_F(SelectionOptionsTest, ARequirementThatNobodyKnows) {
  write("scenarios/rfc5321/4.2-replies.toml",
        head +
            "[[scenario]]\nid = 'x'\ntitle = 'T'\ncovers = ['R5321-4.2-zz']\nsteps = [ { send = 'NOOP', "
            "expect = 250 } ]\n");
  EXPECT_EQ(std::get<ExitCode>(choose_by({})), ExitCode::invalid_file);
}

TEST_F(SelectionOptionsTest, AFolderThatHoldsNoScenarios) {
  fs::remove_all(root / "scenarios");
  EXPECT_EQ(std::get<ExitCode>(choose_by({})), ExitCode::usage);
}

}  // namespace
}  // namespace smtpspec::cli
