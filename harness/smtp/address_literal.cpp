// SPDX-License-Identifier: Apache-2.0
#include "smtp/address_literal.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "smtp/letter_case.hpp"

namespace smtpspec::smtp {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (to_upper(c) >= 'A' && to_upper(c) <= 'F');
}
bool is_letter_or_digit(char c) {
  return is_digit(c) || (to_upper(c) >= 'A' && to_upper(c) <= 'Z');
}
bool is_dcontent(char c) {
  return (c >= 33 && c <= 90) || (c >= 94 && c <= 126);
}

/// Snum
bool is_small_number(std::string_view text) {
  if (text.empty() || text.size() > 3 || !std::all_of(text.begin(), text.end(), is_digit)) return false;
  int number = 0;
  for (const char c : text) number = number * 10 + (c - '0');
  return number <= 255;
}

bool is_group(std::string_view text) {
  return !text.empty() && text.size() <= 4 && std::all_of(text.begin(), text.end(), is_hex);
}

/// How many 16-bit groups stand between colons, an IPv4 address at the end counting as two; 0 for an empty
/// text, nothing when it is malformed.
std::optional<std::size_t> count_groups(std::string_view text, bool ipv4_allowed) {
  std::size_t groups = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    const bool is_final = colon == std::string_view::npos;
    if (is_final && ipv4_allowed && is_ipv4_address(part)) return groups + 2;
    if (!is_group(part)) return std::nullopt;
    ++groups;
    if (is_final) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return groups;
}

/// Standardized-tag ":" 1*dcontent
bool is_general_literal(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) return false;
  const std::string_view tag = text.substr(0, colon);
  const std::string_view content = text.substr(colon + 1);
  return is_letter_or_digit(tag.back()) &&
         std::all_of(tag.begin(), tag.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; }) &&
         std::all_of(content.begin(), content.end(), is_dcontent);
}

}  // namespace

bool is_ipv4_address(std::string_view text) {
  for (int i = 0; i < 3; ++i) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || !is_small_number(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return is_small_number(text);
}

bool is_ipv6_address(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return count_groups(text, true) == std::size_t{8};
  const auto before = count_groups(text.substr(0, gap), false);
  const auto after = count_groups(text.substr(gap + 2), true);
  return before && after && *before + *after <= 6;
}

bool is_address_literal(std::string_view text) {
  constexpr std::string_view ipv6_tag = "IPv6:";
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  if (equals_ignoring_case(text.substr(0, ipv6_tag.size()), ipv6_tag)) {
    return is_ipv6_address(text.substr(ipv6_tag.size()));
  }
  return is_ipv4_address(text) || is_general_literal(text);
}

}  // namespace smtpspec::smtp
