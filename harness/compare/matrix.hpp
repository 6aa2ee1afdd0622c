// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/verdict.hpp"
#include "compare/behaviour.hpp"
#include "result/model.hpp"

/// Several runs side by side. Computes, prints nothing; borrows the runs, which must outlive it.
namespace smtpspec::compare {

inline constexpr std::size_t verdict_count = static_cast<std::size_t>(Verdict::error) + 1;

/// One run. Name, software, version, address, start, tool and suite version stand in `run`.
struct Column {
  const result::Run* run = nullptr;
  std::string name;     ///< unique in the matrix: the target's, with version or number where two share it
  std::string problem;  ///< why nothing can be said of this target (could not be started, not reached); else
                        ///< empty
  std::array<std::size_t, verdict_count> counts{};  ///< cases by verdict

  std::size_t count(Verdict verdict) const { return counts[static_cast<std::size_t>(verdict)]; }
};

/// What one target did in one case.
struct Cell {
  const result::CaseResult* result = nullptr;  ///< null: this run does not have the case
  Behaviour behaviour;                         ///< meaningless where there is no result
  bool compared = false;  ///< says something of the target; others are left out of every difference
  std::size_t group = 0;  ///< cells of a row that behave alike share a number; 0 is the largest group's
};

/// One case.
struct Row {
  const result::CaseResult* about =
      nullptr;                     ///< id, title, why, covers, source: of the first run that has it
  std::vector<Cell> cells;         ///< one for each column
  std::size_t groups = 0;          ///< how many behaviours there are among the compared cells
  bool verdicts_differ = false;    ///< not only what was done differs, but what it is worth
  std::vector<std::size_t> alone;  ///< columns that share their behaviour with no other, where some differ
  std::optional<std::size_t> odd_one_out;  ///< the one column that differs while all others agree (two or
                                           ///< more)

  bool differs() const { return groups > 1; }
  bool is_alone(std::size_t column) const;
};

/// Rows that stand together: one section of one RFC.
struct Section {
  std::string spec;     ///< "RFC 5321"
  std::string section;  ///< "4.5.2"
  bool invariants = false;
  std::size_t first_row = 0;
  std::size_t row_count = 0;
};

struct Matrix {
  std::vector<Column> columns;
  std::vector<Section> sections;  ///< in catalogue order, invariants last; together they hold every row once
  std::vector<Row> rows;
  std::map<std::string, const base::Requirement*, std::less<>> requirements;  ///< that any run knows, by id

  std::size_t differing_rows() const;

  /// Rows, invariants aside, in which two columns or more were compared.
  std::size_t compared_rows() const;
};

/// Why nothing was learnt of a target: the reason for which no case of its run was played; empty when any
/// was.
std::string problem_of(const result::Run& run);

/// Puts runs side by side. `names` are the columns' names where the targets' own will not do; an empty one,
/// or none, is the target's.
Matrix make_matrix(const std::vector<result::Run>& runs, const std::vector<std::string>& names = {});
Matrix make_matrix(std::vector<result::Run>&& runs, const std::vector<std::string>& names = {}) = delete;

}  // namespace smtpspec::compare
