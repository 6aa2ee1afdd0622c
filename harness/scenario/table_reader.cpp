// SPDX-License-Identifier: Apache-2.0
#include "scenario/table_reader.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/toml_reader.hpp"

namespace smtpspec::scenario {
namespace {

// Which types a value may have, and its items when it is a list.
struct Types {
  std::string_view own;  ///< letters of type_letter()
  std::string_view items;
};

char type_letter(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return 's';
    case toml::node_type::integer:
      return 'i';
    case toml::node_type::boolean:
      return 'b';
    case toml::node_type::array:
      return 'a';
    case toml::node_type::table:
      return 't';
    default:
      return '?';
  }
}

Types types_of(Shape shape) {
  switch (shape) {
    case Shape::text:
    case Shape::octets:
      return {"si", ""};
    case Shape::word:
    case Shape::duration:
    case Shape::regex:
    case Shape::enhanced:
      return {"s", ""};
    case Shape::texts:
    case Shape::octet_list:
      return {"sa", "si"};
    case Shape::flag:
      return {"b", ""};
    case Shape::integer:
      return {"i", ""};
    case Shape::number:
    case Shape::bounds:
    case Shape::collect:
    case Shape::repeat:
      return {"si", ""};
    case Shape::code:
    case Shape::replies:
      return {"sia", "si"};
    case Shape::cut:
      return {"sa", "i"};
    case Shape::auth:
      return {"st", ""};
    case Shape::expectation:
      return {"siat", "si"};
    case Shape::alternatives:
    case Shape::steps:
    case Shape::rows:
    case Shape::scenarios:
      return {"a", "t"};
    case Shape::deliveries:
      return {"ta", "t"};
    case Shape::regexes:
    case Shape::delivered:
    case Shape::rule:
      break;
  }
  return {"t", ""};
}

// A number where a text must stand is a slip, unless a column put it there.
bool number_for_text(const toml::node& written, const toml::node& value, Shape shape) {
  const bool wants_text =
      shape == Shape::text || shape == Shape::octets || shape == Shape::texts || shape == Shape::octet_list;
  return wants_text && value.is_integer() && &written == &value;
}

std::vector<std::string> names_of(const TableShape& shape) {
  std::vector<std::string> names;
  for (const auto* key : shape.keys) names.emplace_back(key->name);
  return names;
}

}  // namespace

TableShape::TableShape(std::string name, std::initializer_list<const Keys*> parts) : what(std::move(name)) {
  for (const auto* part : parts) {
    for (const auto& key : *part) keys.push_back(&key);
  }
}

const Key* TableShape::find(std::string_view name) const {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [name](const Key* key) { return key->name == name; });
  return found == keys.end() ? nullptr : *found;
}

std::string_view describe(const toml::node& node) {
  switch (type_letter(node)) {
    case 's':
      return "a string";
    case 'i':
      return "an integer";
    case 'b':
      return "true or false";
    case 'a':
      return "a list";
    case 't':
      return "a table";
    default:
      return node.is_floating_point() ? "a number with a fraction" : "a date or time";
  }
}

namespace {

bool fits(Reading& reading, const toml::node& written, Shape shape, std::string_view letters) {
  const auto& value = reading.resolve(written);
  return letters.find(type_letter(value)) != std::string_view::npos &&
         !number_for_text(written, value, shape);
}

// What is wrong in a value: itself, the first item of a list that is wrong, or null.
const toml::node* unfit_part(Reading& reading, const toml::node& written, Shape shape) {
  const auto types = types_of(shape);
  if (!fits(reading, written, shape, types.own)) return &written;
  const auto* items = reading.resolve(written).as_array();
  if (!items) return nullptr;
  const auto found = std::find_if(items->begin(), items->end(), [&](const toml::node& item) {
    return !fits(reading, item, shape, types.items);
  });
  return found == items->end() ? nullptr : &*found;
}

}  // namespace

bool has_shape(Reading& reading, const toml::node& value, Shape shape) {
  return unfit_part(reading, value, shape) == nullptr;
}

TableReader::TableReader(Reading& reading, const toml::table& table, const TableShape& shape)
    : reading_(&reading), table_(&table) {
  for (const auto& [name, value] : table) check(name, value, shape);
  for (const auto* key : shape.keys) {
    if (key->required && !table.contains(key->name)) {
      reading.problem(table, fmt::format("{} needs '{}'", shape.what, key->name), std::string(key->meaning));
    }
  }
}

void TableReader::check(const toml::key& name, const toml::node& value, const TableShape& shape) {
  const auto* key = shape.find(name.str());
  if (!key) {
    if (shape.open) return;
    const auto known = names_of(shape);
    reading_->problem(
        reading_->document().position_of(name), fmt::format("unknown key '{}' in {}", name.str(), shape.what),
        fmt::format("{}{} has: {}", did_you_mean(name.str(), known), shape.what, fmt::join(known, ", ")));
    return;
  }
  if (const auto* unfit = unfit_part(*reading_, value, key->shape)) {
    const auto* lead = unfit == &value ? "not" : "and this item is";
    reading_->problem(*unfit, fmt::format("'{}' must be {}, {} {}", key->name, describe(key->shape), lead,
                                          describe(reading_->resolve(*unfit))));
    unfit_.push_back(&value);
  } else if (key->shape == Shape::word) {
    check_word(*key, value);
  }
}

void TableReader::check_word(const Key& key, const toml::node& value) {
  const auto written = reading_->text(value);
  const auto words = words_of(key);
  if (std::find(words.begin(), words.end(), written) != words.end()) return;
  reading_->problem(reading_->resolve(value), fmt::format("'{}' is no value of '{}'", written, key.name),
                    fmt::format("{}it is one of {}", did_you_mean(written, words), fmt::join(words, ", ")));
  unfit_.push_back(&value);
}

const toml::node* TableReader::get(std::string_view key) const {
  const auto* value = table_->get(key);
  if (!value || std::find(unfit_.begin(), unfit_.end(), value) != unfit_.end()) return nullptr;
  return value;
}

std::string TableReader::text(std::string_view key) const {
  const auto* value = get(key);
  return value ? reading_->text(*value) : std::string{};
}

std::vector<std::string> TableReader::texts(std::string_view key) const {
  const auto* value = get(key);
  return value ? reading_->texts(*value) : std::vector<std::string>{};
}

std::optional<bool> TableReader::flag(std::string_view key) const {
  const auto* value = get(key);
  return value ? reading_->resolve(*value).value<bool>() : std::nullopt;
}

std::optional<std::int64_t> TableReader::integer(std::string_view key) const {
  const auto* value = get(key);
  return value ? reading_->resolve(*value).value<std::int64_t>() : std::nullopt;
}

std::optional<Template> TableReader::octets(std::string_view key) const {
  const auto* value = get(key);
  if (!value) return std::nullopt;
  return reading_->octets(*value);
}

std::vector<Template> TableReader::octet_list(std::string_view key) const {
  const auto* value = get(key);
  return value ? reading_->octet_list(*value) : std::vector<Template>{};
}

std::optional<Template> TableReader::duration(std::string_view key) const {
  auto duration = octets(key);
  const auto* literal = duration ? duration->if_literal() : nullptr;
  if (literal && !base::parse_duration_ms(*literal)) {
    problem(key, fmt::format("'{}' is not a duration", *literal), "write it like 250ms, 2s or 5m");
    return std::nullopt;
  }
  return duration;
}

std::optional<Bounds> TableReader::bounds(std::string_view key) const {
  const auto* value = get(key);
  if (!value) return std::nullopt;
  const auto written = reading_->text(*value);
  auto bounds = Bounds::parse(written);
  if (!bounds)
    problem(key, fmt::format("'{}' is no number and no range", written),
            "write it like 1, \"0..1\", \"2..\" or \"more than 2\"");
  return bounds;
}

void TableReader::problem(std::string_view key, std::string message, std::string hint) const {
  const auto* value = table_->get(key);
  if (value)
    reading_->problem(reading_->resolve(*value), std::move(message), std::move(hint));
  else
    reading_->problem(*table_, std::move(message), std::move(hint));
}

}  // namespace smtpspec::scenario
