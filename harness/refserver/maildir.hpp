// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "refserver/delivery_store.hpp"

namespace smtpspec::refserver {

/// Writes deliveries into Maildirs below a folder, one for each local part: `user+word@example.test` has
/// `user+word`. A message appears in one piece.
class Maildirs {
 public:
  explicit Maildirs(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Writes one. What the operating system said when that failed; empty otherwise.
  std::string write(const Delivery& delivery);

 private:
  std::filesystem::path folder_;
  std::size_t written_ = 0;
};

}  // namespace smtpspec::refserver
