// SPDX-License-Identifier: Apache-2.0
// Replays the inputs kept under fixtures/fuzz: the seeds, and every input that ever broke something.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "smtp/fuzz_properties.hpp"

namespace smtpspec::smtp {
namespace {

struct Target {
  const char* name;
  fuzz::Broken (*find_breach)(std::string_view);
};

class FuzzCorpus : public ::testing::TestWithParam<Target> {};

TEST_P(FuzzCorpus, BreaksNothing) {
  const auto folder = std::filesystem::path(SMTPSPEC_SOURCE_DIR) / "fixtures/fuzz" / GetParam().name;
  int inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), {}};
    EXPECT_STREQ(GetParam().find_breach(input), nullptr) << entry.path();
    ++inputs;
  }
  EXPECT_GT(inputs, 0);
}

INSTANTIATE_TEST_SUITE_P(Each, FuzzCorpus,
                         ::testing::Values(Target{"line_splitter", fuzz::break_line_splitter},
                                           Target{"reply", fuzz::break_reply},
                                           Target{"capabilities", fuzz::break_capabilities},
                                           Target{"unstuffing", fuzz::break_unstuffing},
                                           Target{"command", fuzz::break_command}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace smtpspec::smtp
