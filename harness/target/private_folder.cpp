// SPDX-License-Identifier: Apache-2.0
#include "target/private_folder.hpp"

#include <algorithm>
#include <cstdlib>
#include <random>

#include <fmt/format.h>

namespace smtpspec::target {
namespace fs = std::filesystem;
namespace {

fs::path temporary_folder(const fs::path& parent) {
  if (!parent.empty()) return fs::absolute(parent);
  const char* set = getenv("TMPDIR");
  return set && *set ? fs::absolute(set) : fs::path("/tmp");
}

}  // namespace

fs::path private_folder(const std::string& target_name, const fs::path& parent) {
  std::random_device random;
  // Without the @ of a version, which is special to too many a configuration language.
  std::string name = target_name;
  std::replace(name.begin(), name.end(), '@', '-');
  return temporary_folder(parent) / fmt::format("smtpspec-{}-{:08x}{:08x}", name, random(), random());
}

}  // namespace smtpspec::target
