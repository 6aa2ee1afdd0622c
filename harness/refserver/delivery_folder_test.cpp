// SPDX-License-Identifier: Apache-2.0
#include "refserver/delivery_folder.hpp"

#include <fstream>
#include <iterator>
#include <unistd.h>

#include <gtest/gtest.h>

#include "refserver/maildir.hpp"

namespace smtpspec::refserver {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(DeliveryFolder, HoldsOctetsAndEnvelope) {
  const auto folder = std::filesystem::temp_directory_path() / ("deliveries-" + std::to_string(getpid()));
  DeliveryFolder deliveries(folder);
  const auto bytes = std::make_shared<const std::string>("a: b\r\n\r\n\0\xff\n");
  EXPECT_EQ(deliveries.write({"", "user@example.test", {"c", "ESMTPA", "", "user"}, bytes}), "");
  EXPECT_EQ(read(folder / "000001.eml"), *bytes);
  EXPECT_EQ(read(folder / "000001.envelope"), "\nuser@example.test\nESMTPA\nuser\n");
  std::filesystem::remove_all(folder);
  EXPECT_NE(deliveries.write({"", "user@example.test", {}, bytes}), "");
}

TEST(Maildirs, HaveOneForEachLocalPart) {
  const auto folder = std::filesystem::temp_directory_path() / ("maildirs-" + std::to_string(getpid()));
  Maildirs maildirs(folder);
  const auto bytes = std::make_shared<const std::string>("a: b\r\n\r\n\xff\r\n");
  EXPECT_EQ(maildirs.write({"", "user+Word@example.test", {}, bytes}), "");
  EXPECT_EQ(maildirs.write({"", "../x/.y@example.test", {}, bytes}), "");
  EXPECT_EQ(read(folder / "user+Word/new/000001.smtpspec"), *bytes);
  EXPECT_EQ(read(folder / "___x__y/new/000002.smtpspec"), *bytes);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace smtpspec::refserver
