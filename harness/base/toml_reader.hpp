// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml_document.hpp"

namespace smtpspec::base {

/// Reads one table of a TOML file key by key and collects everything that is wrong with it. Ask for each
/// known key once, then call finish(), which reports the keys nobody asked for with the nearest known one. A
/// wrong type is reported and then treated as absent, so that one reading finds all problems. Borrows
/// document and problems.
class TomlReader {
 public:
  /// `what` names the table in messages: "a step", "a target".
  TomlReader(const TomlDocument& document, const toml::table& table, std::string what,
             std::vector<Diagnostic>& problems)
      : document_(&document), table_(&table), what_(std::move(what)), problems_(&problems) {}

  bool has(std::string_view key) const { return table_->contains(key); }
  std::optional<std::string> string(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key);
  std::optional<bool> boolean(std::string_view key);

  /// An array of strings; a single string counts as an array of one.
  std::optional<std::vector<std::string>> strings(std::string_view key);

  /// "250ms", "2s", "5m": a duration; nothing else is one.
  std::optional<std::int64_t> milliseconds(std::string_view key);

  /// The node itself, for keys of several shapes; null when absent.
  const toml::node* node(std::string_view key);
  const toml::table* table(std::string_view key);
  const toml::array* array(std::string_view key);

  /// Like string(), and reports the table when the key is missing.
  std::string required_string(std::string_view key);

  /// One of the words given; another word is reported with the nearest of them.
  std::optional<std::string> word(std::string_view key, const std::vector<std::string>& words);

  void problem_at(const toml::node& node, std::string message, std::string hint = {});
  /// Points at the value of a key when it is there, else at the table.
  void problem(std::string_view key, std::string message, std::string hint = {});

  /// Reports every key that was never asked for.
  void finish();

  SourcePosition position() const { return document_->position_of(*table_); }
  SourcePosition position_of(std::string_view key) const;
  const TomlDocument& document() const { return *document_; }
  const toml::table& table() const { return *table_; }
  std::vector<Diagnostic>& problems() { return *problems_; }

 private:
  const toml::node* expect(std::string_view key, toml::node_type type, std::string_view name);

  const TomlDocument* document_;
  const toml::table* table_;
  std::string what_;
  std::vector<Diagnostic>* problems_;
  std::set<std::string, std::less<>> asked_;
};

/// Parses "250ms", "2s", "5m" into milliseconds; nothing for anything else.
std::optional<std::int64_t> parse_duration_ms(std::string_view text);

}  // namespace smtpspec::base
