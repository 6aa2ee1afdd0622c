// SPDX-License-Identifier: Apache-2.0
#pragma once

#define TOML_HEADER_ONLY 0
#define TOML_SHARED_LIB 1
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "base/diagnostic.hpp"

namespace smtpspec::base {

/// A parsed TOML file together with its text, so that any node of it can be pointed at. A file larger than
/// max_bytes is refused.
class TomlDocument {
 public:
  static constexpr std::size_t max_bytes = 4 * 1024 * 1024;

  /// Reads and parses a file. A missing file and a syntax error are diagnostics; a syntax error stands alone.
  static Loaded<TomlDocument> read(const std::filesystem::path& path);

  /// Parses a text; `name` stands as the file in every position.
  static Loaded<TomlDocument> parse(std::string text, std::string name);

  const toml::table& root() const { return root_; }
  const std::string& name() const { return name_; }

  SourcePosition position_of(const toml::node& node) const { return position(node.source()); }
  SourcePosition position_of(const toml::key& key) const { return position(key.source()); }

  /// A line of the file without its ending; line counts from 1, an empty string past the end.
  std::string line(std::size_t number) const;

  const std::string& text() const { return text_; }

  /// Where a value stands in text(): its first octet and the one behind its last. For who changes a file in
  /// place.
  std::pair<std::size_t, std::size_t> range_of(const toml::node& node) const;

  /// Where a line begins in text(); the end of the text for a line past the last.
  std::size_t offset_of_line(std::size_t number) const;

  std::size_t line_count() const { return line_starts_.size(); }

  /// Makes a diagnostic that points at a place of this file.
  Diagnostic problem(SourcePosition at, std::string message, std::string hint = {}) const;

 private:
  TomlDocument() = default;
  SourcePosition position(const toml::source_region& region) const;
  std::size_t offset(const toml::source_position& place) const;

  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
  toml::table root_;
};

}  // namespace smtpspec::base
