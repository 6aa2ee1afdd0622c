// SPDX-License-Identifier: Apache-2.0
#include "refserver/content_damage.hpp"

#include <string_view>

#include "smtp/dot_stuffing.hpp"

namespace smtpspec::refserver {

namespace {

/// Applies a change to every line without its CRLF; a last line without CRLF counts.
std::string change_lines(const std::string& content, void (*change)(std::string& line)) {
  std::string changed;
  std::size_t begin = 0;
  while (begin < content.size()) {
    const std::size_t end = content.find("\r\n", begin);
    std::string line = content.substr(begin, end == std::string::npos ? end : end - begin);
    change(line);
    changed += line;
    if (end == std::string::npos) break;
    changed += "\r\n";
    begin = end + 2;
  }
  return changed;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::string lose_last_crlf(std::string content) {
  if (ends_with(content, "\r\n")) content.resize(content.size() - 2);
  return content;
}

std::string strip_eighth_bit(std::string content) {
  for (char& c : content) c = static_cast<char>(c & 0x7f);
  return content;
}

std::string cut_lines_at_nul(std::string content) {
  return change_lines(content, [](std::string& line) { line = line.substr(0, line.find('\0')); });
}

std::string fold_long_lines(std::string content) {
  return change_lines(content, [](std::string& line) {
    for (std::size_t at = 200; at < line.size(); at += 202) line.insert(at, "\r\n");
  });
}

std::string cut_long_lines(std::string content) {
  return change_lines(content, [](std::string& line) { line = line.substr(0, 500); });
}

std::string trim_lines(std::string content) {
  return change_lines(content, [](std::string& line) {
    const std::size_t last = line.find_last_not_of(" \t");
    line.resize(last == std::string::npos ? 0 : last + 1);
  });
}

std::string quote_from_lines(std::string content) {
  return change_lines(content, [](std::string& line) {
    if (line.rfind("From ", 0) == 0) line = '>' + line;
  });
}

std::string squeeze_empty_lines(std::string content) {
  constexpr std::string_view two_empty = "\r\n\r\n\r\n";
  for (std::size_t at = content.find(two_empty); at != std::string::npos; at = content.find(two_empty, at)) {
    content.erase(at, 2);
  }
  return content;
}

std::string double_dots(std::string content) {
  return smtp::stuff_dots(content);
}

std::string lose_second_half(std::string content) {
  const std::size_t half = content.find("\r\n", content.size() / 2);
  if (half != std::string::npos) content.resize(half + 2);
  return content;
}

std::string lose_octet_after_stray_end(std::string content) {
  std::string kept;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const bool crlf = content.compare(i, 2, "\r\n") == 0;
    if (crlf) kept += content[i++];
    kept += content[i];
    const bool is_stray = !crlf && (content[i] == '\r' || content[i] == '\n');
    if (is_stray && i + 1 < content.size() && content[i + 1] != '\r') ++i;
  }
  return kept;
}

std::string expand_tabs(std::string content) {
  return change_lines(content, [](std::string& line) {
    for (std::size_t at = line.find('\t'); at != std::string::npos; at = line.find('\t', at)) {
      line.replace(at, 1, "        ");
    }
  });
}

}  // namespace smtpspec::refserver
