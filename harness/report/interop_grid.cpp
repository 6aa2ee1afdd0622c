// SPDX-License-Identifier: Apache-2.0
#include "report/interop_grid.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "report/paint.hpp"
#include "report/tally.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;

std::size_t place_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  names.push_back(name);
  return names.size() - 1;
}

}  // namespace

bool is_interop(const result::Run& run) {
  return run.options.contains("interop");
}

InteropId interop_id(std::string_view id) {
  std::vector<std::string> parts;
  while (parts.size() < 3) {
    const auto slash = id.find('/');
    parts.emplace_back(id.substr(0, slash));
    id.remove_prefix(slash == std::string_view::npos ? id.size() : slash + 1);
  }
  return {parts[1], parts[2], std::string(id)};
}

InteropGrid interop_grid(const result::Run& run) {
  InteropGrid grid;
  std::vector<InteropId> ids;
  for (const auto& one : run.cases) {
    ids.push_back(interop_id(one.id));
    place_of(grid.senders, ids.back().sender);
    place_of(grid.receivers, ids.back().receiver);
  }
  grid.cells.assign(grid.senders.size(), std::vector<InteropCell>(grid.receivers.size()));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto sender = place_of(grid.senders, ids[i].sender);
    const auto receiver = place_of(grid.receivers, ids[i].receiver);
    grid.cells[sender][receiver].cases.push_back(i);
  }
  return grid;
}

Verdict worst_of(const result::Run& run, const InteropCell& cell) {
  auto worst = Verdict::pass;
  for (const auto i : cell.cases) worst = std::max(worst, run.cases[i].verdict);
  return worst;
}

std::string cell_text(const result::Run& run, const InteropCell& cell) {
  std::map<Verdict, std::size_t, std::greater<>> counts;
  for (const auto i : cell.cases) ++counts[run.cases[i].verdict];
  std::string text;
  for (const auto& [verdict, count] : counts)
    text += fmt::format("{}{}{}", text.empty() ? "" : " ", glyph(verdict), count);
  return text;
}

}  // namespace smtpspec::report
