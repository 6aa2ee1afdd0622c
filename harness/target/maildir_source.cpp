// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <dirent.h>
#include <sys/stat.h>
#include <time.h>
#include <unordered_set>

#include "target/message_source.hpp"

namespace smtpspec::target {
namespace {

long long nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

/// A folder whose names are read only when its modification time says that they may have changed. The kernel
/// stamps files with the time of its last tick, so that a change shortly after a reading can carry the same
/// stamp: within that time it is read again.
class WatchedFolder {
 public:
  explicit WatchedFolder(std::string path) : path_(std::move(path)) {}

  /// The names, or nothing when they can't have changed since the last time.
  std::vector<std::string> names_if_changed() {
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

 private:
  static constexpr long long tick_ns = 20'000'000;

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    DIR* folder = opendir(path_.c_str());
    if (!folder) return names;
    while (const dirent* entry = readdir(folder)) {
      if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    }
    closedir(folder);
    return names;
  }

  std::string path_;
  long long modified_ = -1;
  bool settled_ = false;
};

/// The name by which a message stays the same when it moves from new/ to cur/ and gets flags.
std::string_view unique_part(std::string_view name) {
  return name.substr(0, name.find(':'));
}

class MaildirSource : public MessageSource {
 public:
  explicit MaildirSource(std::string folder)
      : folder_(std::move(folder)), new_(folder_ + "/new"), current_(folder_ + "/cur") {}

  std::vector<MessagePlace> look() override {
    std::vector<MessagePlace> found;
    // cur/ after new/: a message that moves in between is then seen at least once.
    add_unseen(new_, "/new/", found);
    add_unseen(current_, "/cur/", found);
    return found;
  }

  std::optional<std::string> read(const MessagePlace& place, std::size_t max_bytes) override {
    if (auto bytes = read_file_part(place.file, 0, 0, max_bytes)) return bytes;
    const std::string unique(unique_part(place.file.substr(place.file.rfind('/') + 1)));
    for (const std::string& name : WatchedFolder(folder_ + "/cur").names_if_changed()) {
      if (unique_part(name) == unique) return read_file_part(folder_ + "/cur/" + name, 0, 0, max_bytes);
    }
    return std::nullopt;
  }

 private:
  void add_unseen(WatchedFolder& watched, const char* below, std::vector<MessagePlace>& found) {
    std::vector<std::string> names = watched.names_if_changed();
    std::sort(names.begin(), names.end());  // Maildir names begin with the time
    for (const std::string& name : names) {
      if (seen_.insert(std::string(unique_part(name))).second)
        found.push_back({folder_ + below + name, 0, 0});
    }
  }

  std::string folder_;
  WatchedFolder new_;
  WatchedFolder current_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

std::unique_ptr<MessageSource> maildir_source(std::string folder) {
  return std::make_unique<MaildirSource>(std::move(folder));
}

}  // namespace smtpspec::target
