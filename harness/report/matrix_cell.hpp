// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "compare/matrix.hpp"

/// The parts that all reports of a comparison have in common: plain text, escaped for display.
namespace smtpspec::report {

/// What a cell says without its verdict: "354", "refused", "no STARTTLS"; may be empty.
std::string cell_words(const compare::Cell& cell);

/// A cell as a person reads it: "✓ 354", "– no STARTTLS"; "not run" where there is nothing of this case.
std::string cell_text(const compare::Cell& cell);

/// The same in ASCII: "pass 354".
std::string plain_cell_text(const compare::Cell& cell);

/// The columns of a row by what they did, the most common first. Those that take no part in the comparison
/// are in none.
std::vector<std::vector<std::size_t>> groups_of(const compare::Row& row);

/// "Postfix 3.7.11", as far as it is known.
std::string software_of(const result::TargetFacts& target);

/// The levels of the requirements that a case covers, the strictest first, each once: "MUST, SHOULD".
std::string levels_of(const compare::Matrix& matrix, const compare::Row& row);

/// Of an old and a new run of one target, what they are: "postfix old and new", "postfix (old) and
/// postfix@trixie (new)".
std::string old_and_new_words(const compare::Matrix& matrix);

/// The one line at the end of a comparison, greppable: `smtpspec: compared 3 targets: 1219 cases, 12 differ,
/// 4 in verdict, 0 targets missing: different`; of an old and a new run of one target what stands in
/// old_and_new_words(): `smtpspec: compared postfix old and new: 2 broken, 1 changed, 3 fixed, 0 gone, 0 new:
/// different`.
std::string matrix_summary_line(const compare::Matrix& matrix);

}  // namespace smtpspec::report
