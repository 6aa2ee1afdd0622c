// SPDX-License-Identifier: Apache-2.0
#include "report/deltas.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "report/shown.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using gate::Delta;

constexpr std::size_t widest_path = 200;

}  // namespace

bool is_known_deviation(const result::CaseResult& result, const gate::CaseDecision& decision) {
  const bool deviates = result.verdict != Verdict::pass && result.verdict != Verdict::info;
  return decision.delta == Delta::as_expected && deviates;
}

std::vector<KnownDeviation> known_deviations(const result::Run& run, const gate::Decision& decision) {
  std::map<std::uint32_t, KnownDeviation> by_line;
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const auto& decided = decision.cases[i];
    if (!is_known_deviation(run.cases[i], decided)) continue;
    auto& known = by_line[decided.entry.line];
    known.place = fmt::format("{}:{}", shown(decided.entry.file, widest_path), decided.entry.line);
    known.reason = decided.reason;
    known.cases.push_back(i);
  }
  std::vector<KnownDeviation> all;
  for (auto& [line, known] : by_line) all.push_back(std::move(known));
  return all;
}

std::string delta_line(const result::Run& run, const gate::Decision& decision) {
  if (run.expectations.file.empty()) return {};
  const auto count = [&](Delta delta) {
    return std::count_if(decision.cases.begin(), decision.cases.end(),
                         [&](const gate::CaseDecision& decided) { return decided.delta == delta; });
  };
  const auto counted = [](auto n, const char* one, const char* many) {
    return fmt::format("{} {}", n, n == 1 ? one : many);
  };
  return fmt::format(
      "expectations {}: {} as expected, {}, {}, {} changed", shown(run.expectations.file, widest_path),
      count(Delta::as_expected), counted(count(Delta::regression), "regression", "regressions"),
      counted(count(Delta::unexpected_pass), "unexpected pass", "unexpected passes"), count(Delta::changed));
}

std::string red_delta(const gate::CaseDecision& decision) {
  if (decision.delta == Delta::none || decision.delta == Delta::as_expected) return {};
  return std::string(to_string(decision.delta));
}

}  // namespace smtpspec::report
