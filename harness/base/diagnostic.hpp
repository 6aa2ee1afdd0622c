// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/source_position.hpp"

namespace smtpspec::base {

/// What is wrong with a file that a person wrote, where, and how to mend it.
struct Diagnostic {
  SourcePosition position;
  std::string message;      ///< what is wrong, in one sentence without a full stop
  std::string hint;         ///< how to mend it; may be empty
  std::string source_line;  ///< the offending line without its ending; empty when there is none to show
};

/// Shows a diagnostic as `file:line:col: message`, the line, a caret under the column, and `= help: hint`.
/// Ends with a newline. The line is escaped for display; the caret still stands under the right place.
std::string format(const Diagnostic& diagnostic);

/// Shows all of them, in the order given.
std::string format(const std::vector<Diagnostic>& diagnostics);

/// A value, or all that is wrong with the file it should have come from.
template <typename T>
class Loaded {
 public:
  Loaded(T value) : value_(std::move(value)) {}
  Loaded(Diagnostic problem) : problems_{std::move(problem)} {}
  Loaded(std::vector<Diagnostic> problems) : problems_(std::move(problems)) {}

  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

  /// Empty exactly when there is a value.
  const std::vector<Diagnostic>& problems() const { return problems_; }

 private:
  std::optional<T> value_;
  std::vector<Diagnostic> problems_;
};

}  // namespace smtpspec::base
