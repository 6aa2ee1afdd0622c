// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace smtpspec::report {

/// Compares a text with fixtures/approved/NAME. With APPROVE=1 in the environment it becomes the approved one
/// instead: look at `git diff fixtures/approved` then.
inline void expect_approved(std::string_view name, const std::string& text) {
  const auto path = std::filesystem::path(SMTPSPEC_SOURCE_DIR) / "fixtures/approved" / name;
  if (std::getenv("APPROVE") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  const std::string approved{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(approved, text) << "differs from " << path << "; APPROVE=1 makes this the approved text";
}

}  // namespace smtpspec::report
