// SPDX-License-Identifier: Apache-2.0
#include "report/interop_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/display.hpp"
#include "report/interop_grid.hpp"
#include "report/shown.hpp"

namespace smtpspec::report {
namespace {

constexpr std::size_t widest_name = 24;

std::string padded(const std::string& text, std::size_t width) {
  const auto used = base::display_width(text);
  return text + std::string(width > used ? width - used : 0, ' ');
}

}  // namespace

std::string interop_table(const result::Run& run) {
  const auto grid = interop_grid(run);
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"from \\ to"});
  for (const auto& name : grid.receivers) rows.front().push_back(shown(name, widest_name));
  for (std::size_t s = 0; s < grid.senders.size(); ++s) {
    rows.push_back({shown(grid.senders[s], widest_name)});
    for (const auto& cell : grid.cells[s]) rows.back().push_back(cell_text(run, cell));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      std::size_t width = 0;
      for (const auto& other : rows) width = std::max(width, base::display_width(other[column]));
      line += padded(row[column], width + 2);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text + "\n✓ arrived as it was   ○ recorded   – unsupported   ! warn   ✗ fail   □ blocked\n\n";
}

}  // namespace smtpspec::report
