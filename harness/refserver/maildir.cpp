// SPDX-License-Identifier: Apache-2.0
#include "refserver/maildir.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fmt/core.h>

namespace smtpspec::refserver {
namespace {

/// A local part as a file name; whatever could lead elsewhere becomes an underscore.
std::string folder_name(const std::string& recipient) {
  std::string name = recipient.substr(0, recipient.rfind('@'));
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '+' || c == '-' || c == '=';
    if (!plain) c = '_';
  }
  return name.empty() ? "_" : name.substr(0, 200);
}

}  // namespace

std::string Maildirs::write(const Delivery& delivery) {
  const auto box = folder_ / folder_name(delivery.recipient);
  const std::string name = fmt::format("{:06}.smtpspec", ++written_);
  std::error_code error;
  for (const char* part : {"tmp", "new", "cur"}) std::filesystem::create_directories(box / part, error);
  std::ofstream file(box / "tmp" / name, std::ios::binary);
  file.write(delivery.bytes->data(), static_cast<std::streamsize>(delivery.bytes->size()));
  file.close();
  if (file.fail()) return fmt::format("{}: {}", (box / "tmp" / name).string(), std::strerror(errno));
  std::filesystem::rename(box / "tmp" / name, box / "new" / name, error);
  return error ? fmt::format("{}: {}", (box / "new" / name).string(), error.message()) : std::string{};
}

}  // namespace smtpspec::refserver
