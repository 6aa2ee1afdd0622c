// SPDX-License-Identifier: Apache-2.0
#include "cli/required_cases.hpp"

#include <gtest/gtest.h>

namespace smtpspec::cli {
namespace {

using gate::ExitCode;
using Words = std::vector<std::string>;

scenario::Case case_of(std::string id, bool slow = false, bool disruptive = false) {
  scenario::Case made;
  made.id = std::move(id);
  made.slow = slow;
  made.disruptive = disruptive;
  return made;
}

LoadedSuite suite_of_three() {
  LoadedSuite loaded;
  loaded.suite.cases = {case_of("rfc1/a/quick"), case_of("rfc1/a/late", true),
                        case_of("rfc1/b/harmful", false, true)};
  return loaded;
}

// What --require says of a word, in a run with these options.
std::optional<ExitCode> said_of(const std::string& word, const SelectionOptions& options) {
  const auto loaded = suite_of_three();
  const auto chosen = choose(options, loaded);
  return complain_of_required({word}, options, loaded, std::get<std::vector<const scenario::Case*>>(chosen));
}

TEST(RequiredCases, AWordThatSelectsNothingIsAUsageError) {
  for (const auto* word : {"", "/", "rfc1/a/quik", "rfc2", "rfc2/*", "rfc1/a/quick rfc1/a"})
    EXPECT_EQ(said_of(word, {}), ExitCode::usage) << word;
  for (const auto* word : {"rfc1", "rfc1/a", "rfc1/a/quick", "*quick", "*", "invariants"})
    EXPECT_EQ(said_of(word, {}), std::nullopt) << word;
}

TEST(RequiredCases, WhatARunLeavesOutCantBeRequiredOfIt) {
  SelectionOptions options;
  EXPECT_EQ(said_of("rfc1/a/late", options), ExitCode::usage);
  EXPECT_EQ(said_of("rfc1/b", options), ExitCode::usage);
  options.slow = true;
  EXPECT_EQ(said_of("rfc1/a/late", options), std::nullopt);
  EXPECT_EQ(said_of("rfc1/b", options), ExitCode::usage);
  options.profile = "disruptive";
  EXPECT_EQ(said_of("rfc1/b", options), std::nullopt);
}

TEST(RequiredCases, ANarrowedRunMayBeWithoutThem) {
  SelectionOptions options;
  options.words = {"rfc1/a/quick"};
  EXPECT_EQ(said_of("rfc1/b", options), std::nullopt);
  EXPECT_EQ(said_of("rfc1/c", options), ExitCode::usage);
}

TEST(RequiredCases, OfPairsTheyAreAmongTheIds) {
  const Words ids = {"interop/a/b/plain", "interop/a/b/dots"};
  for (const auto* word : {"interop", "interop/a", "interop/*/*/dots", "*/plain"})
    EXPECT_EQ(complain_of_required({word}, ids), std::nullopt) << word;
  for (const auto* word : {"", "interop/*/*/dot", "interop/b/a", "plain"})
    EXPECT_EQ(complain_of_required({word}, ids), ExitCode::usage) << word;
}

}  // namespace
}  // namespace smtpspec::cli
