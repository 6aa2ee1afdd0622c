// SPDX-License-Identifier: Apache-2.0
#include "base/toml_document.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace smtpspec::base {
namespace {

Diagnostic whole_file(const std::string& name, std::string message, std::string hint) {
  return Diagnostic{{name, 0, 0}, std::move(message), std::move(hint), {}};
}

std::vector<std::size_t> find_line_starts(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts.push_back(i + 1);
  }
  return starts;
}

}  // namespace

Loaded<TomlDocument> TomlDocument::read(const std::filesystem::path& path) {
  const auto name = path.string();
  if (std::filesystem::is_directory(path)) {
    return whole_file(name, "this is a folder, not a TOML file", "name a file in it");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return whole_file(name, fmt::format("cannot be read: {}", std::strerror(errno)), "check the path");
  // One byte more than the file has now shows whether it is larger than allowed; a file that lies about its
  // size is cut.
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  std::string text(unknown ? max_bytes + 1 : std::min<std::uintmax_t>(size, max_bytes) + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse(std::move(text), name);
}

Loaded<TomlDocument> TomlDocument::parse(std::string text, std::string name) {
  if (text.size() > max_bytes) {
    return whole_file(name, fmt::format("is larger than {} MiB", max_bytes >> 20),
                      "split it into several files");
  }
  TomlDocument document;
  document.name_ = std::move(name);
  document.text_ = std::move(text);
  document.line_starts_ = find_line_starts(document.text_);
  try {
    document.root_ = toml::parse(document.text_, document.name_);
  } catch (const toml::parse_error& error) {
    return document.problem(document.position(error.source()),
                            fmt::format("this is not TOML: {}", error.description()));
  }
  return document;
}

std::string TomlDocument::line(std::size_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const auto begin = line_starts_[number - 1];
  auto end = text_.find('\n', begin);
  if (end == std::string::npos) end = text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return text_.substr(begin, end - begin);
}

std::size_t TomlDocument::offset_of_line(std::size_t number) const {
  return number == 0 || number > line_starts_.size() ? text_.size() : line_starts_[number - 1];
}

std::pair<std::size_t, std::size_t> TomlDocument::range_of(const toml::node& node) const {
  return {offset(node.source().begin), offset(node.source().end)};
}

Diagnostic TomlDocument::problem(SourcePosition at, std::string message, std::string hint) const {
  auto source_line = line(at.line);
  return Diagnostic{std::move(at), std::move(message), std::move(hint), std::move(source_line)};
}

// toml++ counts columns in code points; everything that shows a position counts octets.
SourcePosition TomlDocument::position(const toml::source_region& region) const {
  SourcePosition at{name_, region.begin.line, region.begin.column};
  if (at.line == 0 || at.line > line_starts_.size()) return at;
  const auto begin = line_starts_[at.line - 1];
  if (const auto found = offset(region.begin); found < text_.size())
    at.column = static_cast<std::uint32_t>(found - begin + 1);
  return at;
}

std::size_t TomlDocument::offset(const toml::source_position& place) const {
  std::uint32_t points = 0;
  for (auto i = offset_of_line(place.line); i < text_.size(); ++i) {
    const bool continues = (static_cast<unsigned char>(text_[i]) & 0xC0) == 0x80;
    if (!continues && ++points == place.column) return i;
  }
  return text_.size();
}

}  // namespace smtpspec::base
