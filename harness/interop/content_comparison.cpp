// SPDX-License-Identifier: Apache-2.0
#include "interop/content_comparison.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace smtpspec::interop {
namespace {

constexpr std::size_t most_shown = 1200;  // octets of a window

using Lines = std::vector<std::string_view>;

// Lines with their LF, whatever stands before it.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

bool is_empty_line(std::string_view line) {
  return line == "\r\n" || line == "\n";
}

// Fields with their continuation lines.
struct Parts {
  Lines fields;
  std::string_view body;  ///< with the empty line before it
};

Parts parts_of(std::string_view content) {
  Parts parts;
  std::size_t at = 0;
  for (const auto line : lines_of(content)) {
    if (is_empty_line(line)) break;
    const bool goes_on = (line.front() == ' ' || line.front() == '\t') && !parts.fields.empty();
    if (goes_on) {
      auto& field = parts.fields.back();
      field = std::string_view(field.data(), field.size() + line.size());
    } else {
      parts.fields.push_back(line);
    }
    at += line.size();
  }
  parts.body = content.substr(at);
  return parts;
}

std::string name_of(std::string_view field) {
  const auto colon = field.find(':');
  return std::string(field.substr(0, std::min<std::size_t>(colon, 40)));
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

std::size_t common_suffix(std::string_view a, std::string_view b, std::size_t at_most) {
  std::size_t size = 0;
  while (size < at_most && a[a.size() - 1 - size] == b[b.size() - 1 - size]) ++size;
  return size;
}

std::size_t line_start(std::string_view text, std::size_t at) {
  const auto before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return before == std::string_view::npos ? 0 : before + 1;
}

// What lies around the difference: from the line before it to the end of the line in which it ends.
std::string window(std::string_view text, std::size_t from, std::size_t to) {
  auto begin = line_start(text, from);
  if (begin > 0) begin = line_start(text, begin - 1);
  if (from - begin > most_shown / 3) begin = from - most_shown / 3;
  const auto end_of_line = text.find('\n', to);
  auto end = end_of_line == std::string_view::npos ? text.size() : end_of_line + 1;
  end = std::min(end, begin + most_shown);
  return std::string(text.substr(begin, end - begin));
}

void show_difference(std::string_view before, std::string_view after, ContentComparison& comparison) {
  const auto prefix = common_prefix(before, after);
  const auto suffix = common_suffix(before, after, std::min(before.size(), after.size()) - prefix);
  comparison.before = window(before, prefix, before.size() - suffix);
  comparison.after = window(after, prefix, after.size() - suffix);
}

std::size_t line_number(std::string_view text, std::size_t offset) {
  return 1 +
         static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n'));
}

void compare_bodies(std::string_view before, std::string_view after, ContentComparison& comparison) {
  const auto at = common_prefix(before, after);
  comparison.change = Change::body;
  comparison.words =
      at == after.size() ? fmt::format("the body ends after {} of {} octets", after.size(), before.size())
      : at == before.size()
          ? fmt::format("{} octets follow behind the end of the body", after.size() - before.size())
          : fmt::format("the body differs in line {}, octet {}", line_number(before, at) - 1, at);
  show_difference(before, after, comparison);
}

// The fields of one list that are not in the other, in order: the longest common part stays.
Lines missing_in(const Lines& from, const Lines& other) {
  // Servers add few and take away few: a greedy walk with a look ahead finds them.
  Lines missing;
  std::size_t at = 0;
  for (const auto field : from) {
    const auto found = std::find(other.begin() + static_cast<long>(at), other.end(), field);
    if (found == other.end())
      missing.push_back(field);
    else
      at = static_cast<std::size_t>(found - other.begin()) + 1;
  }
  return missing;
}

void compare_headers(const Parts& before, const Parts& after, ContentComparison& comparison) {
  const auto gone = missing_in(before.fields, after.fields);
  for (const auto field : missing_in(after.fields, before.fields)) comparison.added.push_back(name_of(field));
  if (gone.empty()) {
    comparison.change = Change::added;
    comparison.words = fmt::format("fields were added: {}", fmt::join(comparison.added, ", "));
    return;
  }
  const auto name = name_of(gone.front());
  const auto now = std::find_if(after.fields.begin(), after.fields.end(),
                                [&](std::string_view field) { return name_of(field) == name; });
  comparison.change = now == after.fields.end() ? Change::taken : Change::header;
  comparison.words = fmt::format("the field {} is {}", name, now == after.fields.end() ? "gone" : "another");
  comparison.before = std::string(gone.front().substr(0, most_shown));
  if (now != after.fields.end()) comparison.after = std::string(now->substr(0, most_shown));
}

}  // namespace

ContentComparison compare_content(std::string_view before, std::string_view after) {
  ContentComparison comparison;
  const auto now = parts_of(after);
  const auto on_top =
      after.ends_with(before) ? parts_of(after.substr(0, after.size() - before.size())) : Parts{};
  // What stands on top and ends with an empty line has made a body of the header.
  if (after.ends_with(before) && on_top.body.empty()) {
    for (const auto field : on_top.fields) comparison.added.push_back(name_of(field));
    return comparison;
  }
  const auto was = parts_of(before);
  if (was.body != now.body)
    compare_bodies(was.body, now.body, comparison);
  else
    compare_headers(was, now, comparison);
  return comparison;
}

bool has_eight_bits(std::string_view octets) {
  return std::any_of(octets.begin(), octets.end(),
                     [](char c) { return static_cast<unsigned char>(c) > 127; });
}

}  // namespace smtpspec::interop
