// SPDX-License-Identifier: Apache-2.0
#include "compare/changes.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace smtpspec::compare {
namespace {

using result::CaseResult;

// How bad a verdict is for whoever releases the target. What could not be judged is as red as a fail.
int badness(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
    case Verdict::info:
    case Verdict::unsupported:
      return 0;
    case Verdict::warn:
      return 1;
    case Verdict::fail:
    case Verdict::blocked:
    case Verdict::error:
      return 2;
    case Verdict::crash:
      break;
  }
  return 3;
}

std::map<std::string, Verdict> by_requirement(const CaseResult& result) {
  std::map<std::string, Verdict> verdicts;
  for (const auto& one : result.requirement_verdicts) verdicts[one.requirement] = one.verdict;
  return verdicts;
}

// A requirement that a result does not name was not broken in it.
std::string_view standing_of(std::optional<Verdict> verdict) {
  return verdict ? base::to_string(*verdict) : "not broken";
}

bool stands_apart(std::optional<Verdict> one, std::optional<Verdict> other) {
  if (one && other) return *one != *other;
  const auto named = one ? one : other;
  return named == Verdict::warn || named == Verdict::fail;
}

// "R5321-4.5.2-b: pass" for each requirement that the other result judges differently.
std::string requirements_apart(const CaseResult& result, const CaseResult& other) {
  const auto ours = by_requirement(result), others = by_requirement(other);
  auto all = ours;
  all.insert(others.begin(), others.end());
  const auto in = [](const std::map<std::string, Verdict>& verdicts, const std::string& requirement) {
    const auto found = verdicts.find(requirement);
    return found == verdicts.end() ? std::nullopt : std::optional(found->second);
  };
  std::string text;
  for (const auto& [requirement, any] : all) {
    const auto verdict = in(ours, requirement);
    if (!stands_apart(verdict, in(others, requirement))) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", requirement, standing_of(verdict));
  }
  return text;
}

std::string with(const std::string& sentence, const std::string& more) {
  return more.empty() ? sentence : fmt::format("{} ({})", sentence, more);
}

bool was_played(const Cell& cell) {
  return cell.result != nullptr && cell.compared;
}

Change::Kind kind_of(Verdict was, Verdict is) {
  const int difference = badness(is) - badness(was);
  if (difference == 0) return Change::Kind::changed;
  return difference > 0 ? Change::Kind::broken : Change::Kind::fixed;
}

std::string absence(const Cell& cell) {
  return cell.result != nullptr ? cell.result->reason : std::string();
}

}  // namespace

std::string_view to_string(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::broken:
      return "broken";
    case Change::Kind::changed:
      return "changed";
    case Change::Kind::fixed:
      return "fixed";
    case Change::Kind::gone:
      return "gone";
    case Change::Kind::added:
      break;
  }
  return "new";
}

std::string reason_of(const CaseResult& result) {
  const auto* finding = deciding_finding(result);
  if (finding == nullptr) {
    for (const auto* text : {&result.reason, &result.outcome}) {
      if (!text->empty()) return *text;
    }
    const auto answer = behaviour_of(result).answer;
    return answer.empty() ? "every assertion held" : "every assertion held: " + answer;
  }
  const auto& message = finding->message.empty() ? finding->outcome : finding->message;
  const bool says_it = finding->actual.empty() || finding->actual == message;
  return says_it ? message : fmt::format("{}: {}", message, finding->actual);
}

std::vector<Change> changes_between(const Matrix& matrix, std::size_t old_column, std::size_t new_column) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < matrix.rows.size(); ++i) {
    const auto& was = matrix.rows[i].cells[old_column];
    const auto& is = matrix.rows[i].cells[new_column];
    if (!was_played(was) && !was_played(is)) continue;
    if (!was_played(is)) {
      changes.push_back({Change::Kind::gone, i, reason_of(*was.result), absence(is)});
    } else if (!was_played(was)) {
      changes.push_back({Change::Kind::added, i, absence(was), reason_of(*is.result)});
    } else {
      const auto apart = requirements_apart(*was.result, *is.result);
      if (is_same(was.behaviour, is.behaviour) && apart.empty()) continue;
      // Another verdict says by itself that requirements stand differently.
      const bool say_apart = was.behaviour.verdict == is.behaviour.verdict && !apart.empty();
      changes.push_back(
          {kind_of(was.behaviour.verdict, is.behaviour.verdict), i,
           with(reason_of(*was.result), say_apart ? apart : ""),
           with(reason_of(*is.result), say_apart ? requirements_apart(*is.result, *was.result) : "")});
    }
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.kind < b.kind; });
  return changes;
}

bool is_old_and_new(const Matrix& matrix) {
  return matrix.columns.size() == 2 && result::server_of(matrix.columns[0].run->target.name) ==
                                           result::server_of(matrix.columns[1].run->target.name);
}

}  // namespace smtpspec::compare
