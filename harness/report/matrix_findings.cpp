// SPDX-License-Identifier: Apache-2.0
#include "report/matrix_findings.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/case_text.hpp"
#include "report/dialogue_steps.hpp"
#include "report/escape_markup.hpp"
#include "report/matrix_table.hpp"
#include "report/paint.hpp"
#include "report/shown.hpp"
#include "result/main_finding.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using compare::Cell;
using compare::Matrix;
using compare::Row;
using result::CaseResult;
using result::Session;

constexpr std::size_t widest_word = 200;
constexpr std::size_t widest_reason = 300;
constexpr std::size_t widest_proof = 160;  // of what is not offered

std::string safe(std::string_view octets, std::size_t at_most) {
  return escape_markup(shown(octets, at_most));
}

// --- The dialogue ---

// The preludes of a thousand cases are alike: a long answer there shows its beginning.
DialogueBounds bounds_with(std::size_t entries) {
  return {entries > 20 ? std::size_t{300} : std::size_t{120}, entries > 20 ? std::size_t{16} : std::size_t{6},
          entries};
}

std::string entry_text(const DialogueEntry& entry) {
  using Kind = DialogueEntry::Kind;
  switch (entry.kind) {
    case Kind::sent:
    case Kind::received: {
      const auto* speaker = entry.kind == Kind::sent ? "C: " : "S: ";
      std::string text = speaker;
      for (const char c : entry.text) text += c == '\n' ? std::string("\n") + speaker : std::string(1, c);
      return text;
    }
    case Kind::pause:
      return "-- " + entry.text + " later";
    case Kind::judged:
      return "^^ judged here: " + entry.text;
    case Kind::left_out:
      return "~~ " + entry.text + " more are only in results.json";
    case Kind::note:
      break;
  }
  return "-- " + entry.text;
}

std::string session_text(const CaseResult& result, const Session& session, const DialogueBounds& bounds) {
  std::string text;
  if (!session.name.empty()) text += "session " + shown(session.name, widest_word) + "\n";
  for (const auto& step : dialogue_steps(session, result.findings, bounds)) {
    if (step.line != 0) text += fmt::format("~~ line {}: {}\n", step.line, step.title);
    for (const auto& entry : step.entries) text += entry_text(entry) + "\n";
  }
  return text;
}

// --- One cell ---

std::string labelled(std::string_view label, std::string_view octets, std::size_t at_most) {
  return octets.empty() ? std::string() : fmt::format("{:<9}{}\n", label, shown(octets, at_most));
}

std::string finding_text(const result::Run& run, const CaseResult& result) {
  std::string text;
  if (const auto* finding = main_finding(result)) {
    text += labelled("expected", finding->expected, widest_reason) +
            labelled("actual", finding->actual, widest_reason) +
            labelled("outcome", finding->outcome, widest_reason);
    const auto& broken = finding->requirements.empty() ? result.covers : finding->requirements;
    for (const auto& id : broken) text += labelled("requires", id, widest_word);
    text += labelled("at", case_place(result), widest_word);
  } else {
    text += labelled("reason", result.reason, widest_reason);
  }
  return text + "again    " + rerun_command(run, result) + "\n";
}

std::string cell_details(const compare::Column& column, const Cell& cell, std::size_t row, std::size_t number,
                         const DialogueBounds& bounds) {
  const auto& result = *cell.result;
  auto text = finding_text(*column.run, result);
  for (const auto& session : result.sessions) text += session_text(result, session, bounds);
  return fmt::format(
      "<details id=c{}-{}><summary><b class={}>{} {}</b> {}: {}</summary><pre>{}</pre></details>\n", row,
      number, verdict_class(result.verdict), glyph(result.verdict), base::to_string(result.verdict),
      safe(column.name, widest_word), escape_markup(case_message(result, {})), escape_markup(text));
}

std::string cell_reason(const compare::Column& column, const Cell& cell, std::size_t row,
                        std::size_t number) {
  const auto& result = *cell.result;
  return fmt::format("<p id=c{}-{}><b class={}>{} {}</b> {}: {}\n", row, number,
                     verdict_class(result.verdict), glyph(result.verdict), base::to_string(result.verdict),
                     safe(column.name, widest_word), safe(result.reason, widest_proof));
}

// --- All of them ---

std::string requirement_text(const Matrix& matrix, const std::string& id) {
  const auto found = matrix.requirements.find(id);
  if (found == matrix.requirements.end()) return safe(id, widest_word);
  const auto& requirement = *found->second;
  return fmt::format("{} {}: {}", safe(id, widest_word), safe(requirement.level, widest_word),
                     safe(requirement.gist, widest_reason));
}

std::string row_findings(const Matrix& matrix, std::size_t number, const DialogueBounds& bounds) {
  const auto& row = matrix.rows[number];
  std::string cells;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const auto& cell = row.cells[i];
    if (!has_more_to_tell(cell)) continue;
    cells += cell.behaviour.verdict == Verdict::unsupported
                 ? cell_reason(matrix.columns[i], cell, number, i)
                 : cell_details(matrix.columns[i], cell, number, i, bounds);
  }
  if (cells.empty()) return cells;
  std::string covers;
  for (const auto& id : row.about->covers) covers += "<br>" + requirement_text(matrix, id);
  return fmt::format("<h3>{}</h3><p><code>{}</code>{}\n{}", safe(row.about->title, widest_reason),
                     safe(row.about->id, widest_word), covers, cells);
}

std::string all_findings(const Matrix& matrix, const DialogueBounds& bounds) {
  std::string text;
  for (std::size_t i = 0; i < matrix.rows.size(); ++i) text += row_findings(matrix, i, bounds);
  return text;
}

}  // namespace

std::string matrix_findings(const Matrix& matrix, std::size_t at_most) {
  std::string text;
  for (const std::size_t entries : {40, 16, 8, 4, 2}) {
    text = all_findings(matrix, bounds_with(entries));
    if (text.size() <= at_most) break;
  }
  return text;
}

}  // namespace smtpspec::report
