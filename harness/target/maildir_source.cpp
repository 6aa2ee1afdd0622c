// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_set>

#include "target/message_source.hpp"
#include "target/watched_folder.hpp"

namespace smtpspec::target {
namespace {

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
