// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smtpspec::smtp {

/// An enhanced status code, class.subject.detail (RFC 3463 section 2).
struct EnhancedStatus {
  int status_class = 0;  ///< 2, 4 or 5
  int subject = 0;       ///< 0..999
  int detail = 0;        ///< 0..999

  bool operator==(const EnhancedStatus&) const = default;
};

/// "5.7.1"
std::string to_string(const EnhancedStatus& status);

/// Reads the code with which a reply text begins; it must be followed by a space or the end (RFC 2034 section
/// 4). Nothing when there is none or it breaks the grammar (class 3, a leading zero, more than three digits).
std::optional<EnhancedStatus> parse_enhanced_status(std::string_view text);

/// Whether reply text begins with what would be an enhanced status code, were it not for leading zeros
/// ("5.07.1", RFC 3463 section 2).
bool begins_with_padded_status(std::string_view text);

/// "5.7.x": an enhanced code in which a part may be left open by `x`.
struct EnhancedStatusPattern {
  std::optional<int> status_class;
  std::optional<int> subject;
  std::optional<int> detail;

  bool matches(const EnhancedStatus& status) const;
};

/// Nothing when the text is no pattern. It must be the whole text.
std::optional<EnhancedStatusPattern> parse_enhanced_status_pattern(std::string_view text);

}  // namespace smtpspec::smtp
