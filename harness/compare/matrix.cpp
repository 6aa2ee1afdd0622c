// SPDX-License-Identifier: Apache-2.0
#include "compare/matrix.hpp"

#include <algorithm>
#include <list>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace smtpspec::compare {
namespace {

using result::CaseResult;
using result::Run;
using CasesById = std::unordered_map<std::string_view, const CaseResult*>;

bool is_invariant(const CaseResult& result) {
  return result.id.starts_with("invariants/");
}

// The first of an id stands; a file from elsewhere may hold it twice.
CasesById by_id(const Run& run) {
  CasesById cases;
  for (const auto& result : run.cases) cases.emplace(result.id, &result);
  return cases;
}

/// Names that tell the columns apart: with the version where a target stands there more than once, numbered
/// where that doesn't help.
class Names {
 public:
  explicit Names(const std::vector<Run>& runs) {
    for (const auto& run : runs) ++targets_[run.target.name];
  }

  std::string unique(const Run& run, const std::string& wanted) {
    auto name = !wanted.empty() ? wanted : run.target.name;
    if (name.empty()) name = "target";
    if (wanted.empty() && targets_[run.target.name] > 1 && !run.target.version.empty())
      name += " " + run.target.version;
    auto numbered = name;
    for (int n = 2; !taken_.insert(numbered).second; ++n) numbered = fmt::format("{} ({})", name, n);
    return numbered;
  }

 private:
  std::map<std::string, int> targets_;
  std::set<std::string> taken_;
};

std::vector<Column> make_columns(const std::vector<Run>& runs, const std::vector<std::string>& names) {
  std::vector<Column> columns;
  Names unique(runs);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Column column;
    column.run = &runs[i];
    column.name = unique.unique(runs[i], i < names.size() ? names[i] : std::string());
    column.problem = problem_of(runs[i]);
    for (const auto& result : runs[i].cases) ++column.counts[static_cast<std::size_t>(result.verdict)];
    columns.push_back(std::move(column));
  }
  return columns;
}

/// All cases of all runs, each once, in an order that agrees with that of every run where theirs agree.
class MergedOrder {
 public:
  void add(const Run& run) {
    // Those before the first case that is known already go before it; the others follow their predecessor.
    auto place = order_.end();
    for (const auto& result : run.cases) {
      const auto known = places_.find(result.id);
      if (known == places_.end()) continue;
      place = known->second;
      break;
    }
    for (const auto& result : run.cases) {
      const auto known = places_.find(result.id);
      if (known != places_.end())
        place = std::next(known->second);
      else
        places_.emplace(result.id, order_.insert(place, &result));
    }
  }

  /// With the cases of a section together and invariants last.
  std::vector<const CaseResult*> grouped() const {
    std::vector<std::vector<const CaseResult*>> groups;
    std::map<std::pair<std::string, std::string>, std::size_t> numbers;
    std::vector<const CaseResult*> invariants;
    for (const auto* one : order_) {
      if (is_invariant(*one)) {
        invariants.push_back(one);
        continue;
      }
      const auto found = numbers.try_emplace({one->spec, one->section}, groups.size());
      if (found.second) groups.emplace_back();
      groups[found.first->second].push_back(one);
    }
    groups.push_back(std::move(invariants));
    std::vector<const CaseResult*> all;
    for (const auto& group : groups) all.insert(all.end(), group.begin(), group.end());
    return all;
  }

 private:
  using Order = std::list<const CaseResult*>;
  Order order_;
  std::unordered_map<std::string_view, Order::iterator> places_;
};

Cell make_cell(const Column& column, const CasesById& cases, const std::string& id) {
  Cell cell;
  const auto found = cases.find(id);
  if (found == cases.end()) return cell;
  cell.result = found->second;
  cell.behaviour = behaviour_of(*cell.result);
  cell.compared = column.problem.empty() && !was_not_played(*cell.result);
  return cell;
}

using Group = std::vector<std::size_t>;  // columns

// The columns that were compared, those alike together, the largest group first.
std::vector<Group> group_columns(const std::vector<Cell>& cells) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].compared) continue;
    const auto same = [&](const Group& group) {
      return is_same(cells[group.front()].behaviour, cells[i].behaviour);
    };
    const auto found = std::find_if(groups.begin(), groups.end(), same);
    if (found != groups.end())
      found->push_back(i);
    else
      groups.push_back(Group{i});
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.size() > b.size(); });
  return groups;
}

void compare_cells(Row& row) {
  const auto groups = group_columns(row.cells);
  row.groups = groups.size();
  for (std::size_t number = 0; number < groups.size(); ++number) {
    for (const auto column : groups[number]) row.cells[column].group = number;
    const auto verdict = row.cells[groups[number].front()].behaviour.verdict;
    if (verdict != row.cells[groups.front().front()].behaviour.verdict) row.verdicts_differ = true;
    if (groups.size() > 1 && groups[number].size() == 1) row.alone.push_back(groups[number].front());
  }
  std::sort(row.alone.begin(), row.alone.end());
  if (groups.size() == 2 && groups[0].size() > 1 && groups[1].size() == 1)
    row.odd_one_out = groups[1].front();
}

void add_to_sections(std::vector<Section>& sections, const CaseResult& about, std::size_t row) {
  const bool invariant = is_invariant(about);
  const bool goes_on =
      !sections.empty() && sections.back().invariants == invariant &&
      (invariant || (sections.back().spec == about.spec && sections.back().section == about.section));
  if (!goes_on)
    sections.push_back({invariant ? "" : about.spec, invariant ? "" : about.section, invariant, row, 0});
  ++sections.back().row_count;
}

}  // namespace

std::string problem_of(const Run& run) {
  const CaseResult* first = nullptr;
  for (const auto& result : run.cases) {
    if (is_invariant(result)) continue;
    if (!was_not_played(result)) return {};
    if (first == nullptr) first = &result;
  }
  return first != nullptr ? first->reason : "the run holds no case";
}

bool Row::is_alone(std::size_t column) const {
  return std::find(alone.begin(), alone.end(), column) != alone.end();
}

std::size_t Matrix::differing_rows() const {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row.differs(); }));
}

std::size_t Matrix::compared_rows() const {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const Row& row) {
    return !is_invariant(*row.about) && std::count_if(row.cells.begin(), row.cells.end(),
                                                      [](const Cell& cell) { return cell.compared; }) > 1;
  }));
}

Matrix make_matrix(const std::vector<Run>& runs, const std::vector<std::string>& names) {
  Matrix matrix;
  matrix.columns = make_columns(runs, names);
  MergedOrder order;
  std::vector<CasesById> cases;
  for (const auto& run : runs) {
    order.add(run);
    cases.push_back(by_id(run));
    for (const auto& requirement : run.requirements)
      matrix.requirements.emplace(requirement.id, &requirement);
  }
  for (const auto* about : order.grouped()) {
    Row row;
    row.about = about;
    for (std::size_t i = 0; i < runs.size(); ++i)
      row.cells.push_back(make_cell(matrix.columns[i], cases[i], about->id));
    compare_cells(row);
    add_to_sections(matrix.sections, *about, matrix.rows.size());
    matrix.rows.push_back(std::move(row));
  }
  return matrix;
}

}  // namespace smtpspec::compare
