// SPDX-License-Identifier: Apache-2.0
#include "target/log_tail.hpp"

#include <filesystem>
#include <fstream>

namespace smtpspec::target {
namespace {

std::string tail_of(const std::string& file, std::size_t max_bytes) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return {};
  const auto size = static_cast<std::size_t>(in.tellg());
  const std::size_t from = size > max_bytes ? size - max_bytes : 0;
  in.seekg(static_cast<std::streamoff>(from));
  std::string text(size - from, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  const std::size_t first_line = from == 0 ? 0 : text.find('\n') + 1;  // npos + 1 is 0: no line ends in it
  if (first_line == text.size()) return text;                          // one line, too long to show whole
  return text.substr(first_line);
}

}  // namespace

std::string log_tail(const std::vector<std::string>& files, std::size_t max_bytes) {
  std::vector<std::string> written;
  for (const std::string& file : files) {
    std::error_code missing;
    if (std::filesystem::file_size(file, missing) > 0 && !missing) written.push_back(file);
  }
  std::string text;
  for (const std::string& file : written) {
    if (written.size() > 1) text += "--- " + std::filesystem::path(file).filename().string() + "\n";
    text += tail_of(file, max_bytes / written.size());
    if (!text.empty() && text.back() != '\n') text += '\n';
  }
  return text;
}

}  // namespace smtpspec::target
