// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target/message_source.hpp"

namespace smtpspec::target {
namespace {

/// True while a program that delivers holds the file by any of the three customs: flock, fcntl, a `.lock`
/// beside it.
bool is_locked(const std::string& file) {
  if (access((file + ".lock").c_str(), F_OK) == 0) return true;
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  const bool by_fcntl = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  const bool by_flock = flock(fd, LOCK_SH | LOCK_NB) != 0;
  close(fd);
  return by_fcntl || by_flock;
}

bool has_clock_time(std::string_view line) {
  for (std::size_t i = 2; i + 2 < line.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      return std::isdigit(static_cast<unsigned char>(line[at])) != 0;
    };
    if (line[i] == ':' && digit(i - 2) && digit(i - 1) && digit(i + 1) && digit(i + 2)) return true;
  }
  return false;
}

/// A line that begins a message: `From sender Thu Nov 23 15:04:50 2026`. Looking for the time of day keeps
/// most unquoted prose out.
bool begins_message(std::string_view line) {
  return line.starts_with("From ") && has_clock_time(line);
}

class MboxSource : public MessageSource {
 public:
  explicit MboxSource(std::string file) : file_(std::move(file)) {}

  std::vector<MessagePlace> look() override {
    struct stat now {};
    if (stat(file_.c_str(), &now) != 0) return {};
    const auto size = static_cast<std::size_t>(now.st_size);
    if (size < read_up_to_) read_up_to_ = 0;  // somebody has emptied it
    if (size == read_up_to_ || is_locked(file_)) return {};
    const auto text = read_file_part(file_, read_up_to_, size - read_up_to_, size - read_up_to_);
    if (!text || !text->ends_with("\n\n")) return {};  // being written, by somebody who doesn't lock
    return cut(*text);
  }

  std::optional<std::string> read(const MessagePlace& place, std::size_t max_bytes) override {
    return read_file_part(place.file, place.offset, place.size, max_bytes);
  }

 private:
  std::vector<MessagePlace> cut(std::string_view text) {
    std::vector<MessagePlace> found;
    const std::size_t base = read_up_to_;
    std::size_t message = std::string_view::npos;  // where the one being read begins, after its `From ` line
    std::size_t at = 0;
    bool after_empty_line = true;
    const auto close_message = [&](std::size_t end) {
      if (message == std::string_view::npos) return;
      found.push_back({file_, base + message, end - message - 1});  // less the empty line that separates
    };
    while (at < text.size()) {
      const std::size_t next = std::min(text.find('\n', at), text.size() - 1) + 1;
      const std::string_view line = text.substr(at, next - at);
      if (after_empty_line && begins_message(line)) {
        close_message(at);
        message = next;
      }
      after_empty_line = line == "\n";
      at = next;
    }
    close_message(text.size());
    read_up_to_ += text.size();
    return found;
  }

  std::string file_;
  std::size_t read_up_to_ = 0;
};

}  // namespace

std::unique_ptr<MessageSource> mbox_source(std::string file) {
  return std::make_unique<MboxSource>(std::move(file));
}

std::optional<std::string> read_file_part(const std::string& file, std::size_t offset, std::size_t size,
                                          std::size_t max_bytes) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return std::nullopt;
  const auto length = static_cast<std::size_t>(in.tellg());
  if (offset > length) return std::nullopt;
  const std::size_t wanted = std::min(size == 0 ? length - offset : size, max_bytes);
  std::string bytes(wanted, '\0');
  in.seekg(static_cast<std::streamoff>(offset));
  in.read(bytes.data(), static_cast<std::streamsize>(wanted));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

}  // namespace smtpspec::target
