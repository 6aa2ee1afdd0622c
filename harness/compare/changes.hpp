// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compare/matrix.hpp"

namespace smtpspec::compare {

/// What became of one case between an old run and a new one of the same target.
struct Change {
  enum class Kind {
    broken,   ///< its verdict is worse: green, warn, fail, crash
    changed,  ///< neither better nor worse, but the target does something else
    fixed,    ///< its verdict is better
    gone,     ///< only the old run played it
    added,    ///< only the new run played it; told as "new"
  };

  Kind kind;
  std::size_t row;  ///< of the matrix
  std::string was;  ///< why it was what it was, a sentence; empty when it was not played
  std::string is;   ///< the same of the new run
};

inline constexpr std::size_t change_kinds = 5;

/// broken, changed, fixed, gone, new.
std::string_view to_string(Change::Kind kind);

/// Every case that is not the same in both columns, by kind, worst first, and within it by row. Besides what
/// is_same() looks at, a requirement whose verdict differs is a change.
std::vector<Change> changes_between(const Matrix& matrix, std::size_t old_column, std::size_t new_column);

/// True when the matrix is an old and a new run of one target: two columns of the same target name, or of two
/// versions of it, `opensmtpd@bullseye` and `opensmtpd`. Which is the old one is not read from the versions:
/// it is the first column.
bool is_old_and_new(const Matrix& matrix);

/// Why a result is what it is, in one sentence, with the octets that it names: escape it.
std::string reason_of(const result::CaseResult& result);

}  // namespace smtpspec::compare
