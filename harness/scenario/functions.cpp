// SPDX-License-Identifier: Apache-2.0
#include "scenario/functions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/payload.hpp"
#include "smtp/base64.hpp"

namespace smtpspec::scenario {
namespace {

using Arguments = std::vector<Value>;

Evaluated problem(std::string text) {
  return {Value{}, std::move(text)};
}
Evaluated value(Value result) {
  return {std::move(result), {}};
}

// Sizes are checked before anything is made: a wrong number in a scenario must not eat the machine.
std::optional<std::size_t> size_of(const Value& argument) {
  const auto number = to_number(argument);
  if (!number || *number < 0 || *number > static_cast<std::int64_t>(Template::max_octets))
    return std::nullopt;
  return static_cast<std::size_t>(*number);
}

bool too_large(std::size_t count, std::size_t each) {
  return each > 0 && count > Template::max_octets / each;
}

Evaluated bad_size(std::string_view usage) {
  return problem(fmt::format("{} needs sizes from 0 to {} octets", usage, Template::max_octets));
}

Evaluated call_fill(const Arguments& arguments) {
  const auto octets = size_of(arguments[0]);
  if (!octets) return bad_size("fill(n, text)");
  if (arguments.size() == 1) return value(fill(*octets));
  const auto text = to_text(arguments[1]);
  if (text.empty()) return problem("fill(n, text) needs a text that is not empty");
  return value(fill(*octets, text));
}

Evaluated call_lines(const Arguments& arguments) {
  const auto count = size_of(arguments[0]);
  const auto length = size_of(arguments[1]);
  if (!count || !length || too_large(*count, *length + 2)) return bad_size("lines(n, length)");
  return value(lines_of(*count, *length));
}

Evaluated call_octets(const Arguments& arguments) {
  const auto octets = size_of(arguments[0]);
  return octets ? value(eight_bit(*octets)) : bad_size("octets(n)");
}

Evaluated call_content(const Arguments& arguments) {
  const auto octets = size_of(arguments[0]);
  if (!octets) return bad_size("content(n)");
  if (*octets < least_content)
    return problem(fmt::format("content(n) makes {} octets at least", least_content));
  return value(content(*octets));
}

Evaluated call_repeat(const Arguments& arguments) {
  const auto text = to_text(arguments[0]);
  const auto count = size_of(arguments[1]);
  if (!count || too_large(*count, text.size())) return bad_size("repeat(text, n)");
  return value(fill(*count * text.size(), text));
}

Evaluated call_join(const Arguments& arguments) {
  std::string joined;
  for (const auto& argument : arguments) joined += to_text(argument);
  return value(std::move(joined));
}

template <typename Change>
Evaluated change_letters(const Value& argument, Change change) {
  auto text = to_text(argument);
  std::transform(text.begin(), text.end(), text.begin(), change);
  return value(std::move(text));
}

Evaluated call_upper(const Arguments& arguments) {
  return change_letters(arguments[0],
                        [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
}

Evaluated call_lower(const Arguments& arguments) {
  return change_letters(arguments[0],
                        [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

Evaluated call_length(const Arguments& arguments) {
  return value(static_cast<std::int64_t>(to_text(arguments[0]).size()));
}

Evaluated call_base64(const Arguments& arguments) {
  return value(smtp::encode_base64(to_text(arguments[0])));
}

}  // namespace

const std::vector<Function>& functions() {
  static const std::vector<Function> table{
      {"fill", 1, 2, "fill(n, text)", "n octets of letters, or of this text over and over", call_fill},
      {"lines", 2, 2, "lines(n, length)", "n lines of that length, joined by CRLF, no ending behind the last",
       call_lines},
      {"octets", 1, 1, "octets(n)", "n octets of 8-bit text (valid UTF-8)", call_octets},
      {"content", 1, 1, "content(n)", "a whole message of n octets: header, lines, final CRLF", call_content},
      {"repeat", 2, 2, "repeat(text, n)", "the text n times", call_repeat},
      {"join", 1, 16, "join(a, b, ...)", "the texts one behind the other", call_join},
      {"base64", 1, 1, "base64(text)", "the text in base64, on one line", call_base64},
      {"upper", 1, 1, "upper(text)", "ASCII letters as capitals", call_upper},
      {"lower", 1, 1, "lower(text)", "ASCII letters as small ones", call_lower},
      {"length", 1, 1, "length(text)", "the number of octets", call_length},
      {"mailbox", 1, 1, "mailbox(i)", "the i-th accepted address of this case, from 1", nullptr},
      {"file", 1, 1, "file(name)", "the octets of a file under fixtures/messages", nullptr},
  };
  return table;
}

const Function* find_function(std::string_view name) {
  for (const auto& function : functions()) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

}  // namespace smtpspec::scenario
