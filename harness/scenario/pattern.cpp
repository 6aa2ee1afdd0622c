// SPDX-License-Identifier: Apache-2.0
#include "scenario/pattern.hpp"

#include <algorithm>
#include <charconv>

#include <re2/re2.h>

namespace smtpspec::scenario {
namespace {

constexpr char any_digit = 'x';

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_wildcard(char c) {
  return c == 'x' || c == 'y' || c == 'z';
}

// 0 for a character that can't stand in a code.
char code_character(char c) {
  return is_digit(c) ? c : is_wildcard(c) ? any_digit : '\0';
}

std::optional<std::array<char, 3>> parse_code(std::string_view text) {
  if (text.size() != 3) return std::nullopt;
  std::array<char, 3> code{};
  std::transform(text.begin(), text.end(), code.begin(), code_character);
  if (std::find(code.begin(), code.end(), '\0') != code.end()) return std::nullopt;
  return code;
}

bool fits(char pattern, int digit) {
  return pattern == any_digit || pattern - '0' == digit;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || number < 0)
    return std::nullopt;
  return number;
}

constexpr auto no_limit = std::numeric_limits<std::int64_t>::max();

std::optional<Bounds> bounds_in_words(std::string_view text) {
  Bounds bounds;
  const auto number_after = [&](std::string_view lead) {
    return text.starts_with(lead) ? parse_count(trimmed(text.substr(lead.size()))) : std::nullopt;
  };
  if (const auto more = number_after("more than "); more && *more < no_limit)
    bounds.at_least = *more + 1;
  else if (const auto least = number_after("at least "))
    bounds.at_least = *least;
  else if (const auto most = number_after("at most "))
    bounds.at_most = *most;
  else
    return std::nullopt;
  return bounds;
}

std::optional<Bounds> bounds_as_range(std::string_view text) {
  const auto dots = text.find("..");
  const bool range = dots != std::string_view::npos;
  const auto low = parse_count(range ? text.substr(0, dots) : text);
  const auto high = range ? parse_count(text.substr(dots + 2)) : low;
  const bool open = range && dots + 2 == text.size();
  if (!low || (!high && !open)) return std::nullopt;
  Bounds bounds;
  bounds.at_least = *low;
  if (high) bounds.at_most = *high;
  if (bounds.at_most < bounds.at_least) return std::nullopt;
  return bounds;
}

// One part of an enhanced code: a number or a wildcard; nothing for anything else.
std::optional<int> parse_enhanced_part(std::string_view text) {
  if (text.size() == 1 && is_wildcard(text[0])) return EnhancedPattern::any;
  const auto number = text.size() <= 3 ? parse_count(text) : std::nullopt;
  if (!number) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace

std::optional<ReplyPattern> ReplyPattern::parse(std::string_view text) {
  ReplyPattern pattern;
  pattern.text = text;
  while (true) {
    const auto bar = text.find('|');
    const auto code = parse_code(trimmed(text.substr(0, bar)));
    if (!code) return std::nullopt;
    pattern.alternatives_.push_back(*code);
    if (bar == std::string_view::npos) return pattern;
    text.remove_prefix(bar + 1);
  }
}

bool ReplyPattern::matches(int code) const {
  return std::any_of(alternatives_.begin(), alternatives_.end(), [code](const std::array<char, 3>& pattern) {
    return fits(pattern[0], code / 100) && fits(pattern[1], code / 10 % 10) && fits(pattern[2], code % 10);
  });
}

bool ReplyPattern::same_class(int code) const {
  return std::any_of(alternatives_.begin(), alternatives_.end(),
                     [code](const std::array<char, 3>& pattern) { return fits(pattern[0], code / 100); });
}

std::optional<EnhancedPattern> EnhancedPattern::parse(std::string_view text) {
  EnhancedPattern pattern;
  pattern.text = text;
  pattern.none = text == "none";
  if (pattern.none) return pattern;
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto status_class = parse_enhanced_part(text.substr(0, first));
  const auto subject = parse_enhanced_part(text.substr(first + 1, second - first - 1));
  const auto detail = parse_enhanced_part(text.substr(second + 1));
  if (!status_class || !subject || !detail) return std::nullopt;
  pattern.status_class = *status_class;
  pattern.subject = *subject;
  pattern.detail = *detail;
  return pattern;
}

bool EnhancedPattern::matches(int wanted_class, int wanted_subject, int wanted_detail) const {
  const auto holds = [](int pattern, int value) { return pattern == any || pattern == value; };
  return !none && holds(status_class, wanted_class) && holds(subject, wanted_subject) &&
         holds(detail, wanted_detail);
}

TextPattern TextPattern::compile(std::string text, std::string& error, Letters letters) {
  TextPattern pattern;
  pattern.text = std::move(text);
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  // What a server sends need not be UTF-8; octet by octet, `.` fits all of it.
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_case_sensitive(letters == Letters::exact);
  auto expression = std::make_shared<const RE2>(pattern.text, options);
  if (expression->ok())
    pattern.expression = std::move(expression);
  else
    error = expression->error();
  return pattern;
}

bool TextPattern::matches(std::string_view subject) const {
  return expression && RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), *expression);
}

std::optional<std::string> TextPattern::first_group(std::string_view subject) const {
  if (!expression) return std::nullopt;
  const re2::StringPiece whole(subject.data(), subject.size());
  const int wanted = expression->NumberOfCapturingGroups() > 0 ? 1 : 0;
  std::array<re2::StringPiece, 2> found;
  if (!expression->Match(whole, 0, whole.size(), RE2::UNANCHORED, found.data(), wanted + 1))
    return std::nullopt;
  const auto& group = found[static_cast<std::size_t>(wanted)];
  return std::string(group.data() ? group.data() : "", group.size());
}

std::optional<Bounds> Bounds::parse(std::string_view text) {
  const auto written = trimmed(text);
  auto bounds = bounds_in_words(written);
  if (!bounds) bounds = bounds_as_range(written);
  if (bounds) bounds->text = text;
  return bounds;
}

}  // namespace smtpspec::scenario
