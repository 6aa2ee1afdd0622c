// SPDX-License-Identifier: Apache-2.0
#include "base/toml_reader.hpp"

#include <charconv>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/nearest_word.hpp"

namespace smtpspec::base {
namespace {

std::string type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::table:
      return "a table";
    default:
      return "a date or time";
  }
}

std::string suggest(std::string_view written, const std::vector<std::string>& known, std::string_view lead) {
  const auto near = nearest_word(written, known);
  const auto list = fmt::format("{} {}", lead, fmt::join(known, ", "));
  return near.empty() ? list : fmt::format("did you mean '{}'? {}", near, list);
}

}  // namespace

const toml::node* TomlReader::node(std::string_view key) {
  asked_.emplace(key);
  return table_->get(key);
}

const toml::node* TomlReader::expect(std::string_view key, toml::node_type type, std::string_view name) {
  const auto* found = node(key);
  if (!found || found->type() == type) return found;
  problem_at(*found, fmt::format("'{}' must be {}, not {}", key, name, type_name(*found)));
  return nullptr;
}

std::optional<std::string> TomlReader::string(std::string_view key) {
  const auto* found = expect(key, toml::node_type::string, "a string");
  return found ? found->value<std::string>() : std::nullopt;
}

std::optional<std::int64_t> TomlReader::integer(std::string_view key) {
  const auto* found = expect(key, toml::node_type::integer, "an integer");
  return found ? found->value<std::int64_t>() : std::nullopt;
}

std::optional<bool> TomlReader::boolean(std::string_view key) {
  const auto* found = expect(key, toml::node_type::boolean, "true or false");
  return found ? found->value<bool>() : std::nullopt;
}

std::optional<std::vector<std::string>> TomlReader::strings(std::string_view key) {
  const auto* found = node(key);
  if (!found) return std::nullopt;
  if (const auto* one = found->as_string()) return std::vector<std::string>{one->get()};
  const auto* many = found->as_array();
  if (!many) {
    problem_at(*found, fmt::format("'{}' must be an array of strings, not {}", key, type_name(*found)));
    return std::nullopt;
  }
  std::vector<std::string> values;
  for (const auto& item : *many) {
    if (const auto* text = item.as_string())
      values.push_back(text->get());
    else
      problem_at(item, fmt::format("every item of '{}' must be a string, not {}", key, type_name(item)));
  }
  return values;
}

std::optional<std::int64_t> TomlReader::milliseconds(std::string_view key) {
  const auto text = string(key);
  if (!text) return std::nullopt;
  const auto value = parse_duration_ms(*text);
  if (!value) problem(key, fmt::format("'{}' is not a duration", *text), "write it like 250ms, 2s or 5m");
  return value;
}

const toml::table* TomlReader::table(std::string_view key) {
  const auto* found = expect(key, toml::node_type::table, "a table");
  return found ? found->as_table() : nullptr;
}

const toml::array* TomlReader::array(std::string_view key) {
  const auto* found = expect(key, toml::node_type::array, "an array");
  return found ? found->as_array() : nullptr;
}

std::string TomlReader::required_string(std::string_view key) {
  if (!has(key)) {
    node(key);
    problem_at(*table_, fmt::format("{} needs '{}'", what_, key));
  }
  return string(key).value_or("");
}

std::optional<std::string> TomlReader::word(std::string_view key, const std::vector<std::string>& words) {
  const auto written = string(key);
  if (!written) return std::nullopt;
  for (const auto& known : words) {
    if (known == *written) return written;
  }
  problem(key, fmt::format("'{}' is no value of '{}'", *written, key),
          suggest(*written, words, "it is one of"));
  return std::nullopt;
}

void TomlReader::problem_at(const toml::node& node, std::string message, std::string hint) {
  problems_->push_back(document_->problem(document_->position_of(node), std::move(message), std::move(hint)));
}

void TomlReader::problem(std::string_view key, std::string message, std::string hint) {
  problems_->push_back(document_->problem(position_of(key), std::move(message), std::move(hint)));
}

SourcePosition TomlReader::position_of(std::string_view key) const {
  const auto* found = table_->get(key);
  return found ? document_->position_of(*found) : position();
}

void TomlReader::finish() {
  const std::vector<std::string> known(asked_.begin(), asked_.end());
  for (const auto& [key, value] : *table_) {
    if (asked_.contains(key.str())) continue;
    problems_->push_back(document_->problem(document_->position_of(key),
                                            fmt::format("unknown key '{}' in {}", key.str(), what_),
                                            suggest(key.str(), known, fmt::format("{} has:", what_))));
  }
}

std::optional<std::int64_t> parse_duration_ms(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number > 86'400'000) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit == "ms") return number;
  if (unit == "s") return number * 1000;
  if (unit == "m") return number * 60'000;
  return std::nullopt;
}

}  // namespace smtpspec::base
