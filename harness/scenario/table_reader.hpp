// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/reading.hpp"
#include "scenario/step_table.hpp"

namespace smtpspec::scenario {

/// The keys that one table may have, and what it is called in messages.
struct TableShape {
  std::string what;  ///< "a step"
  std::vector<const Key*> keys;
  bool open = false;  ///< other keys are columns

  TableShape(std::string name, std::initializer_list<const Keys*> parts);
  const Key* find(std::string_view name) const;
};

/// Reads one table by its shape. Unknown keys, wrong types, unknown words and missing keys are reported at
/// once, when it is made; what is wrong then counts as absent. Internal to the loader.
class TableReader {
 public:
  TableReader(Reading& reading, const toml::table& table, const TableShape& shape);

  bool has(std::string_view key) const { return table_->contains(key); }

  /// The value as written; null when it is absent or of the wrong type.
  const toml::node* get(std::string_view key) const;

  std::string text(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  std::optional<bool> flag(std::string_view key) const;
  std::optional<std::int64_t> integer(std::string_view key) const;
  std::optional<Template> octets(std::string_view key) const;
  std::vector<Template> octet_list(std::string_view key) const;
  /// A template; a literal one is checked to be a duration.
  std::optional<Template> duration(std::string_view key) const;
  std::optional<Bounds> bounds(std::string_view key) const;

  void problem(std::string_view key, std::string message, std::string hint = {}) const;
  base::SourcePosition position() const { return reading_->position_of(*table_); }
  Reading& reading() const { return *reading_; }
  const toml::table& table() const { return *table_; }

 private:
  void check(const toml::key& name, const toml::node& value, const TableShape& shape);
  void check_word(const Key& key, const toml::node& value);

  Reading* reading_;
  const toml::table* table_;
  std::vector<const toml::node*> unfit_;
};

/// True when a value has the form of a shape, as far as can be seen without reading it.
bool has_shape(Reading& reading, const toml::node& value, Shape shape);

/// "a string", "a table": what a value is, for messages.
std::string_view describe(const toml::node& node);

}  // namespace smtpspec::scenario
