// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "refserver/delivery_store.hpp"

namespace smtpspec::refserver {

/// Writes deliveries into a folder for people and scripts: `000001.eml` holds the octets of the first one,
/// `000001.envelope` its sender, recipient, protocol and identity, one to a line. The envelope appears last,
/// so whoever waits for it finds the whole message.
class DeliveryFolder {
 public:
  /// Makes the folder when it isn't there.
  explicit DeliveryFolder(std::filesystem::path folder);

  /// Writes one. What the operating system said when that failed; empty otherwise.
  std::string write(const Delivery& delivery);

 private:
  std::filesystem::path folder_;
  std::size_t written_ = 0;
};

}  // namespace smtpspec::refserver
