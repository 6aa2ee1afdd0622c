// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace smtpspec::result {

/// Why a file could not be written, and what a person can do about it: one line that begins with the path.
struct WriteFailure {
  std::string message;
};

/// Writes a file so that a reader sees the old content or the new one, never a part: a temporary file in the
/// same folder, fsync, rename. Missing folders are made. A symbolic link keeps pointing where it did. What is
/// not a regular file (/dev/stdout, a FIFO) is written to directly, and "-" is standard output. Nothing of a
/// failed attempt is left behind.
std::optional<WriteFailure> write_file_atomically(const std::filesystem::path& path,
                                                  std::string_view content);

/// Takes the next piece of a text.
using PutPiece = std::function<void(std::string_view piece)>;

/// A text that is too large to be held as a whole: puts its pieces one after the other.
using Pieces = std::function<void(const PutPiece& put)>;

/// The same, piece by piece.
std::optional<WriteFailure> write_file_atomically(const std::filesystem::path& path, const Pieces& pieces);

/// Tells before a long run what write_file_atomically() would say after it: makes the folder, and a temporary
/// file in it that is removed again. A full disk may still come later.
std::optional<WriteFailure> check_writable(const std::filesystem::path& path);

}  // namespace smtpspec::result
