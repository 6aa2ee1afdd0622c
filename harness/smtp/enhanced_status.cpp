// SPDX-License-Identifier: Apache-2.0
#include "smtp/enhanced_status.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

namespace smtpspec::smtp {

namespace {

/// 1*3DIGIT, taken from the front of text; nothing where there are none, or more.
std::string_view take_digits(std::string_view& text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits > 3) return {};
  const auto taken = text.substr(0, digits);
  text.remove_prefix(digits);
  return taken;
}

bool is_padded(std::string_view digits) {
  return digits.size() > 1 && digits[0] == '0';
}

int number_of(std::string_view digits) {
  int number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return number;
}

/// 1*3DIGIT without leading zeros, taken from the front of text.
std::optional<int> take_number(std::string_view& text) {
  const auto digits = take_digits(text);
  if (digits.empty() || is_padded(digits)) return std::nullopt;
  return number_of(digits);
}

bool take_dot(std::string_view& text) {
  if (text.empty() || text[0] != '.') return false;
  text.remove_prefix(1);
  return true;
}

bool is_status_class(int number) {
  return number == 2 || number == 4 || number == 5;
}

struct ReadStatus {
  EnhancedStatus status;
  bool padded;  ///< subject or detail has leading zeros
};

/// An enhanced status code at the front of text, but for leading zeros by the grammar of RFC 3463 section 2.
std::optional<ReadStatus> read_status(std::string_view text) {
  const auto status_class = take_number(text);
  if (!status_class || !is_status_class(*status_class) || !take_dot(text)) return std::nullopt;
  const auto subject = take_digits(text);
  if (subject.empty() || !take_dot(text)) return std::nullopt;
  const auto detail = take_digits(text);
  if (detail.empty() || (!text.empty() && text[0] != ' ')) return std::nullopt;
  return ReadStatus{{*status_class, number_of(subject), number_of(detail)},
                    is_padded(subject) || is_padded(detail)};
}

}  // namespace

std::string to_string(const EnhancedStatus& status) {
  return fmt::format("{}.{}.{}", status.status_class, status.subject, status.detail);
}

std::optional<EnhancedStatus> parse_enhanced_status(std::string_view text) {
  const auto read = read_status(text);
  return read && !read->padded ? std::optional(read->status) : std::nullopt;
}

bool begins_with_padded_status(std::string_view text) {
  const auto read = read_status(text);
  return read && read->padded;
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
