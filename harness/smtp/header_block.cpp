// SPDX-License-Identifier: Apache-2.0
#include "smtp/header_block.hpp"

#include <algorithm>

#include "smtp/letter_case.hpp"

namespace smtpspec::smtp {

namespace {

/// Where the line that begins at an offset ends, its CRLF included.
std::size_t line_end(std::string_view text, std::size_t begin) {
  const std::size_t crlf = text.find("\r\n", begin);
  return crlf == std::string_view::npos ? text.size() : crlf + 2;
}

bool continues(std::string_view line) {
  return !line.empty() && (line[0] == ' ' || line[0] == '\t');
}

}  // namespace

std::size_t header_size(std::string_view content) {
  if (content.substr(0, 2) == "\r\n") return 0;
  const std::size_t empty_line = content.find("\r\n\r\n");
  return empty_line == std::string_view::npos ? content.size() : empty_line + 2;
}

std::vector<std::string_view> header_fields(std::string_view content) {
  const std::string_view block = content.substr(0, header_size(content));
  std::vector<std::string_view> fields;
  for (std::size_t begin = 0; begin < block.size();) {
    std::size_t end = line_end(block, begin);
    while (continues(block.substr(end))) end = line_end(block, end);
    fields.push_back(block.substr(begin, end - begin));
    begin = end;
  }
  return fields;
}

bool is_field(std::string_view field, std::string_view name) {
  return field.size() > name.size() && field[name.size()] == ':' &&
         equals_ignoring_case(field.substr(0, name.size()), name);
}

std::size_t count_fields(std::string_view content, std::string_view name) {
  std::size_t count = 0;
  for (const std::string_view field : header_fields(content)) count += is_field(field, name) ? 1 : 0;
  return count;
}

std::string without_fields(const std::string& content, std::string_view name) {
  std::string kept;
  kept.reserve(content.size());
  for (const std::string_view field : header_fields(content)) {
    if (!is_field(field, name)) kept += field;
  }
  return kept += std::string_view(content).substr(header_size(content));
}

}  // namespace smtpspec::smtp
