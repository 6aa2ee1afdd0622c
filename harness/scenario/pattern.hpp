// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace smtpspec::scenario {

/// A set of reply codes: `250`, `2xx`, `x0x`, `4xx|5xx`; x, y and z stand for any digit.
class ReplyPattern {
 public:
  /// Nothing when the text is no such pattern.
  static std::optional<ReplyPattern> parse(std::string_view text);

  bool matches(int code) const;

  /// True when the code has the first digit of one of the alternatives (or one of them leaves it open).
  bool same_class(int code) const;

  std::string text;    ///< as written, for messages
  bool exact = false;  ///< another code of the class is a failure, not a warning

 private:
  std::vector<std::array<char, 3>> alternatives_;
};

/// An enhanced status code with wildcards: `5.7.x`, `2.x.x`, or `none`.
struct EnhancedPattern {
  static std::optional<EnhancedPattern> parse(std::string_view text);
  bool matches(int status_class, int subject, int detail) const;

  static constexpr int any = -1;
  std::string text;
  bool none = false;
  int status_class = any;
  int subject = any;
  int detail = any;
};

/// A regular expression (RE2, found anywhere in the subject) together with its text.
struct TextPattern {
  enum class Letters { exact, any_case };

  /// A null expression when the text is no regular expression; `error` then says why.
  static TextPattern compile(std::string text, std::string& error, Letters letters = Letters::exact);

  bool matches(std::string_view subject) const;

  /// The first group, or the whole match when there is no group; nothing when it does not match.
  std::optional<std::string> first_group(std::string_view subject) const;

  std::string text;
  std::shared_ptr<const re2::RE2> expression;
};

/// A number or a range: `1`, `0..1`, `2..`, `more than 2`, `at least 2`, `at most 3`.
struct Bounds {
  static std::optional<Bounds> parse(std::string_view text);
  bool contains(std::int64_t n) const { return n >= at_least && n <= at_most; }

  std::int64_t at_least = 0;
  std::int64_t at_most = std::numeric_limits<std::int64_t>::max();
  std::string text;
};

}  // namespace smtpspec::scenario
