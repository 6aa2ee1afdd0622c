// SPDX-License-Identifier: Apache-2.0
#include "smtp/enhanced_status.hpp"

#include <array>

#include <fmt/core.h>

namespace smtpspec::smtp {

namespace {

/// 1*3DIGIT without leading zeros, taken from the front of text.
std::optional<int> take_number(std::string_view& text) {
  std::size_t digits = 0;
  int number = 0;
  while (digits < text.size() && digits < 4 && text[digits] >= '0' && text[digits] <= '9') {
    number = number * 10 + (text[digits] - '0');
    ++digits;
  }
  if (digits == 0 || digits > 3 || (digits > 1 && text[0] == '0')) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take_dot(std::string_view& text) {
  if (text.empty() || text[0] != '.') return false;
  text.remove_prefix(1);
  return true;
}

bool is_status_class(int number) {
  return number == 2 || number == 4 || number == 5;
}

}  // namespace

std::string to_string(const EnhancedStatus& status) {
  return fmt::format("{}.{}.{}", status.status_class, status.subject, status.detail);
}

std::optional<EnhancedStatus> parse_enhanced_status(std::string_view text) {
  const auto status_class = take_number(text);
  if (!status_class || !is_status_class(*status_class) || !take_dot(text)) return std::nullopt;
  const auto subject = take_number(text);
  if (!subject || !take_dot(text)) return std::nullopt;
  const auto detail = take_number(text);
  if (!detail || (!text.empty() && text[0] != ' ')) return std::nullopt;
  return EnhancedStatus{*status_class, *subject, *detail};
}

bool EnhancedStatusPattern::matches(const EnhancedStatus& status) const {
  return (!status_class || *status_class == status.status_class) &&
         (!subject || *subject == status.subject) && (!detail || *detail == status.detail);
}

std::optional<EnhancedStatusPattern> parse_enhanced_status_pattern(std::string_view text) {
  std::array<std::optional<int>, 3> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 && !take_dot(text)) return std::nullopt;
    if (!text.empty() && (text[0] == 'x' || text[0] == 'X')) {
      text.remove_prefix(1);
    } else if (!(parts[i] = take_number(text))) {
      return std::nullopt;
    }
  }
  if (!text.empty() || (parts[0] && !is_status_class(*parts[0]))) return std::nullopt;
  return EnhancedStatusPattern{parts[0], parts[1], parts[2]};
}

}  // namespace smtpspec::smtp
