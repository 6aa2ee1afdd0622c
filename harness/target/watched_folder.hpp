// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace smtpspec::target {

/// A folder whose names are read only when its modification time says that they may have changed. The kernel
/// stamps files with the time of its last tick, so that a change shortly after a reading can carry the same
/// stamp: within that time it is read again. The folder may come into being later.
class WatchedFolder {
 public:
  explicit WatchedFolder(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  /// The names, without those that begin with a dot, or nothing when they can't have changed since the last
  /// time.
  std::vector<std::string> names_if_changed();

 private:
  std::vector<std::string> names() const;

  std::string path_;
  long long modified_ = -1;
  bool settled_ = false;
};

}  // namespace smtpspec::target
