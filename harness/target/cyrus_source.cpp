// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <sys/stat.h>
#include <unordered_set>

#include "target/message_source.hpp"
#include "target/watched_folder.hpp"

namespace smtpspec::target {
namespace {

/// The number of a message out of its file's name: `17.`
std::optional<std::uint64_t> message_number(std::string_view name) {
  if (name.size() < 2 || name.back() != '.') return std::nullopt;
  std::uint64_t number = 0;
  const char* const end = name.data() + name.size() - 1;
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

bool is_folder(const std::string& path) {
  struct stat facts {};
  return lstat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

class CyrusSource : public MessageSource {
 public:
  explicit CyrusSource(std::string folder) { folders_.emplace_back(std::move(folder)); }

  std::vector<MessagePlace> look() override {
    std::vector<MessagePlace> found;
    // Folders found on the way come to the end of the list and get their turn too.
    for (std::size_t i = 0; i < folders_.size(); ++i) look_into(i, found);
    return found;
  }

  std::optional<std::string> read(const MessagePlace& place, std::size_t max_bytes) override {
    return read_file_part(place.file, 0, 0, max_bytes);
  }

 private:
  void look_into(std::size_t index, std::vector<MessagePlace>& found) {
    const std::string folder = folders_[index].path();
    std::vector<std::pair<std::uint64_t, std::string>> messages;
    for (const std::string& name : folders_[index].names_if_changed()) {
      std::string path = folder + "/" + name;
      const auto number = message_number(name);
      const bool is_new = seen_.insert(path).second;
      if (is_new && number) messages.emplace_back(*number, std::move(path));
      // `stage.` holds what is not complete yet.
      else if (is_new && name != "stage." && is_folder(path))
        folders_.emplace_back(std::move(path));
    }
    std::sort(messages.begin(), messages.end());
    for (auto& message : messages) found.push_back({std::move(message.second), 0, 0});
  }

  std::vector<WatchedFolder> folders_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

std::unique_ptr<MessageSource> cyrus_source(std::string folder) {
  return std::make_unique<CyrusSource>(std::move(folder));
}

}  // namespace smtpspec::target
