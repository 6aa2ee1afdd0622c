// SPDX-License-Identifier: Apache-2.0
#include "report/time_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/display.hpp"
#include "report/shown.hpp"

namespace smtpspec::report {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t widest_name = 60;
constexpr std::size_t widest_id = 100;
constexpr std::size_t most_cases = 2;

double seconds(std::chrono::nanoseconds time) {
  return Seconds(time).count();
}

double seconds_in_cases(const result::Run& run) {
  std::chrono::nanoseconds sum{0};
  for (const auto& result : run.cases) sum += result.duration;
  return seconds(sum);
}

// "rfc5321/4.5.3/x 10.1 s, ..."
std::string slowest_cases(const result::Run& run) {
  std::vector<const result::CaseResult*> cases;
  for (const auto& result : run.cases) cases.push_back(&result);
  const auto shown_cases = std::min(cases.size(), most_cases);
  std::partial_sort(cases.begin(), cases.begin() + static_cast<std::ptrdiff_t>(shown_cases), cases.end(),
                    [](const auto* a, const auto* b) { return a->duration > b->duration; });
  std::string text;
  for (std::size_t i = 0; i < shown_cases; ++i) {
    text += fmt::format("{}{} {:.1f} s", i == 0 ? "" : ", ", shown(cases[i]->id, widest_id),
                        seconds(cases[i]->duration));
  }
  return text;
}

std::string own_delays(const TimeSpent& spent) {
  std::string text;
  if (spent.banner_delay.count() > 0) text += fmt::format("; greets after {} ms", spent.banner_delay.count());
  if (spent.quit_delay.count() > 0) text += fmt::format("; QUIT takes {} ms", spent.quit_delay.count());
  return text;
}

std::string line(const compare::Matrix& matrix, const TimeSpent& spent, std::size_t width) {
  const auto& column = matrix.columns[spent.column];
  const auto name = shown(column.name, widest_name);
  auto text = name + std::string(width - std::min(width, base::display_width(name)), ' ') +
              fmt::format("{:>7.1f} s", seconds(spent.starting));
  if (!column.problem.empty()) return text + "  not played\n";
  const auto played = seconds(column.run->duration);
  const auto room = played * static_cast<double>(std::max<std::size_t>(spent.sessions_at_once, 1));
  const auto used = room > 0 ? seconds_in_cases(*column.run) / room : 0;
  return text + fmt::format("{:>7.1f} s{:>9}{:>6.0f}%  {}{}\n", played, spent.sessions_at_once, 100 * used,
                            slowest_cases(*column.run), own_delays(spent));
}

}  // namespace

std::string time_table(const compare::Matrix& matrix, const std::vector<TimeSpent>& times) {
  auto sorted = times;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const TimeSpent& a, const TimeSpent& b) {
    return matrix.columns[a.column].run->duration > matrix.columns[b.column].run->duration;
  });
  std::size_t width = std::string_view("target").size();
  for (const auto& spent : sorted)
    width = std::max(width, base::display_width(shown(matrix.columns[spent.column].name, widest_name)));
  auto text = fmt::format("{:<{}}{:>9}{:>9}{:>9}{:>7}  slowest cases\n", "target", width, "start", "played",
                          "at once", "used");
  for (const auto& spent : sorted) text += line(matrix, spent, width);
  return text;
}

}  // namespace smtpspec::report
