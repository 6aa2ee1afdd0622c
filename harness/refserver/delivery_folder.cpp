// SPDX-License-Identifier: Apache-2.0
#include "refserver/delivery_folder.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fmt/core.h>

#include "base/display.hpp"

namespace smtpspec::refserver {

namespace {

bool write_file(const std::filesystem::path& path, std::string_view octets) {
  std::ofstream file(path, std::ios::binary);
  file.write(octets.data(), static_cast<std::streamsize>(octets.size()));
  file.close();
  return !file.fail();
}

}  // namespace

DeliveryFolder::DeliveryFolder(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::error_code ignored;  // write() will tell
  std::filesystem::create_directories(folder_, ignored);
}

std::string DeliveryFolder::write(const Delivery& delivery) {
  const std::string name = fmt::format("{:06}", ++written_);
  const std::string envelope = base::escape_for_display(delivery.reverse_path) + '\n' +
                               base::escape_for_display(delivery.recipient) + '\n' + delivery.facts.protocol +
                               '\n' + base::escape_for_display(delivery.facts.identity) + '\n';
  const bool ok = write_file(folder_ / (name + ".eml"), *delivery.bytes) &&
                  write_file(folder_ / (name + ".envelope"), envelope);
  return ok ? std::string{} : fmt::format("{}: {}", (folder_ / name).string(), std::strerror(errno));
}

}  // namespace smtpspec::refserver
