// SPDX-License-Identifier: Apache-2.0
#include "result/atomic_file.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/display.hpp"

namespace smtpspec::result {
namespace {

namespace fs = std::filesystem;

std::string what_to_do(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "free some space there, or name another place";
    case EACCES:
    case EPERM:
      return "make its folder writable for this user, or name another place";
    case EROFS:
      return "name a place on a file system that is not read-only";
    case EISDIR:
      return "name a file in that folder";
    case ENOTDIR:
      return "a part of the path is a file, not a folder: name another place";
    case ENAMETOOLONG:
      return "name a shorter path";
    case EFBIG:
      return "raise the limit on file size (ulimit -f)";
    default:
      return "name another place";
  }
}

WriteFailure failure(const fs::path& path, int error) {
  return {fmt::format("{}: can't be written: {}; {}", base::escape_for_display(path.native()),
                      std::strerror(error), what_to_do(error))};
}

/// An open file descriptor, closed at the end of its life.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

  /// Some file systems (NFS) tell only here that the disk was full.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// The file that a path leads to: a symbolic link is followed, so that rename() doesn't replace the link.
fs::path behind_links(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_symlink(path, ignored)) return path;
  auto resolved = fs::canonical(path, ignored);
  return ignored ? path : resolved;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return folder_of(path) / fmt::format(".smtpspec-{}-{}.tmp", ::getpid(), counter++);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool is_special(const fs::path& path) {
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status);
}

// With errno of the first piece that could not be written.
bool write_pieces(int descriptor, const Pieces& pieces) {
  int error = 0;
  pieces([&](std::string_view piece) {
    if (error == 0 && !write_all(descriptor, piece)) error = errno;
  });
  errno = error;
  return error == 0;
}

std::optional<WriteFailure> write_directly(int descriptor, const fs::path& path, const Pieces& pieces) {
  if (write_pieces(descriptor, pieces)) return std::nullopt;
  return failure(path, errno);
}

std::optional<WriteFailure> write_special(const fs::path& path, const Pieces& pieces) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open()) return failure(path, errno);
  return write_directly(file.number(), path, pieces);
}

std::optional<WriteFailure> make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(folder_of(path), error);
  if (!error || is_folder(folder_of(path))) return std::nullopt;
  return WriteFailure{fmt::format("{}: its folder can't be made: {}; {}",
                                  base::escape_for_display(path.native()), std::strerror(error.value()),
                                  what_to_do(error.value()))};
}

bool fill(const fs::path& temporary, const Pieces& pieces) {
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  return file.is_open() && write_pieces(file.number(), pieces) && ::fsync(file.number()) == 0 && file.close();
}

// The rename itself is made to last too; a file system that can't do that has nothing better to offer.
void sync_folder(const fs::path& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open()) ::fsync(folder.number());
}

}  // namespace

std::optional<WriteFailure> write_file_atomically(const fs::path& path, std::string_view content) {
  return write_file_atomically(path, [content](const PutPiece& put) { put(content); });
}

std::optional<WriteFailure> write_file_atomically(const fs::path& path, const Pieces& pieces) {
  if (path == "-") return write_directly(STDOUT_FILENO, "standard output", pieces);
  const auto target = behind_links(path);
  if (is_special(target)) return write_special(target, pieces);
  if (auto failed = make_folder(target)) return failed;
  const auto temporary = temporary_beside(target);
  if (fill(temporary, pieces) && ::rename(temporary.c_str(), target.c_str()) == 0) {
    sync_folder(target);
    return std::nullopt;
  }
  const int error = errno;
  ::unlink(temporary.c_str());
  return failure(path, error);
}

std::optional<WriteFailure> check_writable(const fs::path& path) {
  if (path == "-") return std::nullopt;
  const auto target = behind_links(path);
  if (is_folder(target)) return failure(path, EISDIR);
  if (is_special(target))
    return ::access(target.c_str(), W_OK) == 0 ? std::nullopt : std::optional(failure(path, errno));
  if (auto failed = make_folder(target)) return failed;
  const auto temporary = temporary_beside(target);
  const bool made = fill(temporary, [](const PutPiece&) {});
  const int error = errno;
  ::unlink(temporary.c_str());
  if (made) return std::nullopt;
  return failure(path, error);
}

}  // namespace smtpspec::result
