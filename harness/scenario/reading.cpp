// SPDX-License-Identifier: Apache-2.0
#include "scenario/reading.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/nearest_word.hpp"

namespace smtpspec::scenario {
namespace {

using base::SourcePosition;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

// The text of a scalar; nothing for tables, arrays and what else TOML has.
std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
  return std::nullopt;
}

// The column that a string names when it is "{column}" and nothing else.
std::string_view lone_column(const toml::node& node) {
  const auto* text = node.as_string();
  if (!text) return {};
  const std::string_view value = text->get();
  if (value.size() < 3 || value.front() != '{' || value.back() != '}') return {};
  const auto name = value.substr(1, value.size() - 2);
  return is_variable_name(name) ? name : std::string_view{};
}

// One escape of a basic string of TOML: how long it is in the file, and how many octets it stands for.
struct TomlEscape {
  std::size_t written;
  std::size_t octets;
};

TomlEscape toml_escape(std::string_view source) {
  const char kind = source.size() > 1 ? source[1] : ' ';
  if (kind != 'u' && kind != 'U') return {2, 1};
  const std::size_t written = kind == 'u' ? 6 : 10;
  unsigned long point = 0;
  const auto digits = source.substr(2, written - 2);
  std::from_chars(digits.data(), digits.data() + digits.size(), point, 16);
  return {written, point < 0x80 ? 1u : point < 0x800 ? 2u : point < 0x10000 ? 3u : 4u};
}

// How far into the line a character of a string stands, counted from the opening quote. A basic string has
// escapes of its own; a string over several lines is pointed at as a whole.
std::size_t width_before(std::string_view source, std::size_t offset) {
  const auto quotes = source.substr(0, 3);
  if (quotes == "'''" || quotes == "\"\"\"" || quotes.empty()) return 0;
  if (quotes[0] == '\'') return offset + 1;
  std::size_t at = 1;
  for (std::size_t octets = 0; octets < offset && at < source.size();) {
    const auto escape = source[at] == '\\' ? toml_escape(source.substr(at)) : TomlEscape{1, 1};
    at += escape.written;
    octets += escape.octets;
  }
  return at;
}

// Where an escaped backslash stands before a letter that was to be an escape itself; npos when nowhere.
std::size_t literal_escape(std::string_view text) {
  for (std::size_t at = text.find('\\'); at < text.size() && text.size() - at > 2;
       at = text.find('\\', at + 2)) {
    if (text[at + 1] == '\\' && std::string_view("rnt0x").find(text[at + 2]) != std::string_view::npos)
      return at;
  }
  return std::string_view::npos;
}

}  // namespace

bool is_id(std::string_view text) {
  bool in_word = false;
  for (const char c : text) {
    const bool word = is_lower(c) || is_digit(c);
    if (!word && (!in_word || (c != '-' && c != '.' && c != '_'))) return false;
    in_word = word;
  }
  return in_word;
}

bool is_variable_name(std::string_view text) {
  return !text.empty() && is_name_start(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_name_start(c) || is_digit(c); });
}

std::string did_you_mean(std::string_view written, const std::vector<std::string>& known) {
  const auto near = base::nearest_word(written, known);
  return near.empty() ? std::string{} : fmt::format("did you mean '{}'? ", near);
}

const toml::node* Reading::column(std::string_view name) {
  if (!row_) return nullptr;
  const auto found = row_->columns.find(name);
  if (found == row_->columns.end()) return nullptr;
  if (used_) used_->emplace(name);
  return found->second;
}

const toml::node& Reading::resolve(const toml::node& node) {
  const auto name = lone_column(node);
  const auto* put_in = name.empty() ? nullptr : column(name);
  return put_in ? *put_in : node;
}

std::string Reading::text(const toml::node& node) {
  auto written = scalar_text(resolve(node)).value_or("");
  if (!row_) return written;
  for (std::size_t from = 0; (from = written.find('{', from)) != std::string::npos;) {
    const auto close = written.find('}', from);
    if (close == std::string::npos) break;
    const auto name = written.substr(from + 1, close - from - 1);
    const auto* found = is_variable_name(name) ? column(name) : nullptr;
    const auto value = found ? scalar_text(*found) : std::nullopt;
    if (value) written.replace(from, close - from + 1, *value);
    from += value ? value->size() : 1;
  }
  return written;
}

Template Reading::parse(const toml::node& node) {
  const auto text = scalar_text(node);
  if (!text) {
    problem(node, "this can't stand inside a text",
            "only strings and numbers can; a list or table stands for a whole value");
    return {};
  }
  auto parsed = Template::parse(*text);
  if (const auto* failure = std::get_if<Template::Failure>(&parsed)) {
    problem(inside(node, failure->offset), failure->message);
    return {};
  }
  if (const auto at = literal_escape(*text); at != std::string::npos) {
    remark(inside(node, at),
           fmt::format("'\\\\{}' is a backslash and a letter, not an escape", (*text)[at + 2]),
           fmt::format("write \\{} for the control character, \\x5C{} for a backslash", (*text)[at + 2],
                       (*text)[at + 2]));
  }
  return std::get<Template>(std::move(parsed));
}

void Reading::prepare_columns(const Template& text) {
  for (const auto& name : text.variable_names()) {
    const auto* node = column(name);
    if (node && !row_->templates.contains(name)) row_->templates.emplace(name, parse(*node));
  }
}

Template Reading::octets(const toml::node& node) {
  const auto& resolved = resolve(node);
  auto parsed = parse(resolved);
  if (!row_ || &resolved != &node || parsed.if_literal()) return parsed;
  prepare_columns(parsed);
  return parsed.substitute(row_->templates);
}

std::vector<Template> Reading::octet_list(const toml::node& node) {
  const auto& resolved = resolve(node);
  const auto* items = resolved.as_array();
  if (!items) return {octets(node)};
  std::vector<Template> list;
  list.reserve(items->size());
  for (const auto& item : *items) list.push_back(octets(item));
  return list;
}

std::vector<std::string> Reading::texts(const toml::node& node) {
  const auto& resolved = resolve(node);
  const auto* items = resolved.as_array();
  if (!items) return {text(node)};
  std::vector<std::string> list;
  list.reserve(items->size());
  for (const auto& item : *items) list.push_back(text(item));
  return list;
}

TextPattern Reading::regex(const toml::node& node, TextPattern::Letters letters) {
  std::string error;
  auto pattern = TextPattern::compile(text(node), error, letters);
  if (!pattern.expression)
    problem(node, fmt::format("this is no regular expression: {}", error), "the syntax is that of RE2");
  return pattern;
}

void Reading::problem(const toml::node& at, std::string message, std::string hint) {
  problem(position_of(at), std::move(message), std::move(hint));
}

void Reading::problem(const SourcePosition& at, std::string message, std::string hint) {
  problems_->push_back(document_->problem(at, std::move(message), std::move(hint)));
}

void Reading::remark(const SourcePosition& at, std::string message, std::string hint) {
  remarks_->push_back(document_->problem(at, std::move(message), std::move(hint)));
}

SourcePosition Reading::inside(const toml::node& node, std::size_t offset) const {
  auto position = position_of(node);
  const auto line = document_->line(position.line);
  if (position.column == 0 || position.column > line.size()) return position;
  position.column +=
      static_cast<std::uint32_t>(width_before(std::string_view(line).substr(position.column - 1), offset));
  return position;
}

}  // namespace smtpspec::scenario
