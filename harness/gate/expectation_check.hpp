// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/diagnostic.hpp"
#include "gate/expectation_text.hpp"
#include "result/model.hpp"

namespace smtpspec::gate {

/// What an expectation file is checked against.
struct CheckAgainst {
  std::set<std::string> case_ids;      ///< of the suite, invariants included
  std::set<std::string> requirements;  ///< of the catalogue
  std::string today;                   ///< "2026-12-31"
  std::vector<result::Run> runs;       ///< may be empty
};

/// Everything that keeps a file from being trusted, with its place: a case or requirement that nobody knows,
/// a reason that is still to be written, a date that has passed; and where runs are given, an entry that none
/// of them shows, a red case that no entry accounts for, and that none of them judged any case.
std::vector<base::Diagnostic> check(const ExpectationText& text, const CheckAgainst& against);

}  // namespace smtpspec::gate
