// SPDX-License-Identifier: Apache-2.0
#include "sender/content_damage.hpp"

#include <string_view>

#include "smtp/header_block.hpp"

namespace smtpspec::sender {

namespace {

constexpr std::string_view crlf = "\r\n";

/// Applies a change to every line without its CRLF; a last line without CRLF counts.
std::string change_lines(const std::string& content, void (*change)(std::string& line)) {
  std::string changed;
  for (std::size_t begin = 0; begin < content.size();) {
    const std::size_t end = content.find(crlf, begin);
    std::string line = content.substr(begin, end == std::string::npos ? end : end - begin);
    change(line);
    changed += line;
    if (end == std::string::npos) break;
    changed += crlf;
    begin = end + crlf.size();
  }
  return changed;
}

}  // namespace

std::string strip_eighth_bit(std::string content) {
  for (char& c : content) c = static_cast<char>(c & 0x7f);
  return content;
}

std::string fold_long_lines(std::string content) {
  return change_lines(content, [](std::string& line) {
    for (std::size_t at = 200; at < line.size(); at += 202) line.insert(at, crlf);
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

std::string cut_at_dot_line(std::string content) {
  const std::size_t dot = content.find("\r\n.\r\n");
  if (dot != std::string::npos) content.resize(dot + crlf.size());
  return content;
}

std::string cut_at_nul(std::string content) {
  return content.substr(0, content.find('\0'));
}

std::string add_header_field(std::string content) {
  return "X-Sender: smtpspec\r\n" + content;
}

std::string add_return_path(std::string content) {
  return "Return-Path: <sender@sender.example.test>\r\n" + content;
}

std::string remove_received(std::string content) {
  return smtp::without_fields(content, "Received");
}

std::string remove_bcc(std::string content) {
  return smtp::without_fields(content, "Bcc");
}

std::string unfold_header(std::string content) {
  for (std::size_t at = 0; (at = content.find(crlf, at)) < smtp::header_size(content);) {
    const bool is_folded = content.compare(at + 2, 1, " ") == 0 || content.compare(at + 2, 1, "\t") == 0;
    if (is_folded) {
      content.erase(at, crlf.size());
    } else {
      at += crlf.size();
    }
  }
  return content;
}

std::string add_empty_line(std::string content) {
  const bool ends_line = content.size() >= 2 && content.compare(content.size() - 2, 2, crlf) == 0;
  if (!ends_line) content += crlf;
  return content += crlf;
}

}  // namespace smtpspec::sender
