// SPDX-License-Identifier: Apache-2.0
#include "target/watched_folder.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <time.h>

namespace smtpspec::target {
namespace {

constexpr long long tick_ns = 20'000'000;

long long nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

}  // namespace

std::vector<std::string> WatchedFolder::names_if_changed() {
  struct stat now {};
  if (stat(path_.c_str(), &now) != 0) return {};
  const long long modified = nanoseconds(now.st_mtim);
  if (modified == modified_ && settled_) return {};
  timespec clock{};
  clock_gettime(CLOCK_REALTIME, &clock);
  settled_ = nanoseconds(clock) - modified > tick_ns;
  modified_ = modified;
  return names();
}

std::vector<std::string> WatchedFolder::names() const {
  std::vector<std::string> names;
  DIR* folder = opendir(path_.c_str());
  if (!folder) return names;
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  closedir(folder);
  return names;
}

}  // namespace smtpspec::target
