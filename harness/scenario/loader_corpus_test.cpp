// SPDX-License-Identifier: Apache-2.0
// Replays the inputs kept under fixtures/fuzz/loader: the seeds, and every input that ever broke the loader.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "scenario/fuzz_properties.hpp"

namespace smtpspec::scenario {
namespace {

TEST(LoaderCorpus, BreaksNothing) {
  int inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SMTPSPEC_SOURCE_DIR "/fixtures/fuzz/loader")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), {}};
    EXPECT_STREQ(fuzz::break_loader(input), nullptr) << entry.path();
    ++inputs;
  }
  EXPECT_GT(inputs, 0);
}

}  // namespace
}  // namespace smtpspec::scenario
