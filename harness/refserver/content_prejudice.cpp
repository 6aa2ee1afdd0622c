// SPDX-License-Identifier: Apache-2.0
#include "refserver/content_prejudice.hpp"

#include <algorithm>

#include "smtp/header_block.hpp"

namespace smtpspec::refserver {

namespace {

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

bool lacks_usual_fields(const std::string& content) {
  return smtp::count_fields(content, "From") != 1 || smtp::count_fields(content, "Date") != 1;
}

bool has_resent_fields(const std::string& content) {
  for (const std::string_view field : smtp::header_fields(content)) {
    if (field.substr(0, 7) == "Resent-") return true;
  }
  return false;
}

bool has_odd_received(const std::string& content) {
  for (const std::string_view field : smtp::header_fields(content)) {
    if (!smtp::is_field(field, "Received")) continue;
    if (!holds(field, "from ") || !holds(field, "by ") || !holds(field, ";")) return true;
  }
  return false;
}

bool has_ten_received(const std::string& content) {
  return smtp::count_fields(content, "Received") >= 10;
}

bool has_many_in_header(const std::string& content) {
  const std::string_view block = std::string_view(content).substr(0, smtp::header_size(content));
  return std::count(block.begin(), block.end(), '@') > 100;
}

bool has_long_line_of_header(const std::string& content) {
  for (const std::string_view field : smtp::header_fields(content)) {
    if (field.size() > 500 && !holds(field.substr(0, 500), "\r\n")) return true;
  }
  return false;
}

}  // namespace smtpspec::refserver
