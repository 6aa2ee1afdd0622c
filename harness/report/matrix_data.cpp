// SPDX-License-Identifier: Apache-2.0
#include "report/matrix_data.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/display.hpp"
#include "report/case_text.hpp"
#include "report/dialogue_steps.hpp"
#include "report/packed.hpp"
#include "report/phrases.hpp"
#include "report/shown.hpp"
#include "result/main_finding.hpp"

namespace smtpspec::report {
namespace {

using compare::Cell;
using compare::Matrix;
using compare::Row;
using nlohmann::json;
using result::CaseResult;
using result::Finding;
using result::Session;

constexpr std::size_t chunk_bytes = 200 * 1024;  // before packing: what one opened cell may cost
constexpr std::size_t widest_word = 200;
constexpr std::size_t widest_sentence = 500;
constexpr std::size_t widest_answer = 1000;
constexpr std::size_t widest_line = 400;
constexpr std::size_t most_messages = 3;
constexpr std::size_t message_lines = 30;
constexpr std::size_t log_lines = 25;
constexpr char token_mark = '\x7F';

// --- Texts ---

/// Escapes for display and puts the mark in the token's place.
class Shower {
 public:
  explicit Shower(const std::string& token) : token_(token) {}

  std::string operator()(std::string_view octets, std::size_t at_most) const {
    return marked(shown(octets, at_most));
  }

  std::string marked(std::string text) const {
    constexpr std::size_t shortest_token = 4;
    if (token_.size() < shortest_token) return text;
    for (auto at = text.find(token_); at != std::string::npos; at = text.find(token_, at))
      text.replace(at, token_.size(), 1, token_mark);
    return text;
  }

 private:
  const std::string& token_;
};

void put(json& object, const char* key, std::string text) {
  if (!text.empty()) object[key] = std::move(text);
}

void put(json& object, const char* key, std::size_t number) {
  if (number != 0) object[key] = number;
}

void put(json& object, const char* key, json array) {
  if (!array.empty()) object[key] = std::move(array);
}

std::string word(base::Verdict verdict) {
  return std::string(base::to_string(verdict));
}

json some_lines(std::string_view text, std::size_t at_most, bool the_last, const Shower& show) {
  auto lines = shown_lines(text, widest_line);
  const auto left_out = lines.size() - std::min(lines.size(), at_most);
  if (left_out > 0) {
    const auto first = the_last ? lines.begin() : lines.begin() + static_cast<std::ptrdiff_t>(at_most);
    lines.erase(first, first + static_cast<std::ptrdiff_t>(left_out));
    lines.insert(the_last ? lines.begin() : lines.end(), "... (" + std::to_string(left_out) + " more lines)");
  }
  auto array = json::array();
  for (auto& line : lines) array.push_back(show.marked(std::move(line)));
  return array;
}

// --- One cell ---

json finding_json(const Finding& finding, const Shower& show) {
  json object = {{"verdict", word(finding.verdict)}};
  put(object, "message", show(finding.message, widest_sentence));
  put(object, "expected", show(finding.expected, widest_answer));
  put(object, "actual", show(finding.actual, widest_answer));
  put(object, "outcome", show(finding.outcome, widest_sentence));
  put(object, "line", finding.line);
  put(object, "column", finding.column);
  auto requirements = json::array();
  for (const auto& id : finding.requirements) requirements.push_back(shown(id, widest_word));
  put(object, "requirements", std::move(requirements));
  return object;
}

// The first is the one that the verdict comes from.
json findings_json(const CaseResult& result, const Shower& show) {
  auto array = json::array();
  const auto* main = main_finding(result);
  if (main != nullptr) array.push_back(finding_json(*main, show));
  for (const auto& finding : result.findings) {
    if (&finding != main) array.push_back(finding_json(finding, show));
  }
  return array;
}

const char* kind_word(DialogueEntry::Kind kind) {
  switch (kind) {
    case DialogueEntry::Kind::sent:
      return "C";
    case DialogueEntry::Kind::received:
      return "S";
    case DialogueEntry::Kind::note:
      return "-";
    case DialogueEntry::Kind::pause:
      return "pause";
    case DialogueEntry::Kind::judged:
      return "judged";
    case DialogueEntry::Kind::left_out:
      return "left out";
  }
  return "-";
}

json session_json(const CaseResult& result, const Session& session, const Shower& show) {
  json object = json::object();
  put(object, "name", shown(session.name, widest_word));
  put(object, "endpoint", shown(session.endpoint, widest_word));
  put(object, "client", shown(session.client, widest_word));
  put(object, "dropped", session.dropped_bytes);
  auto steps = json::array();
  for (auto& step : dialogue_steps(session, result.findings, {})) {
    auto entries = json::array();
    for (auto& entry : step.entries) {
      entries.push_back(std::string(kind_word(entry.kind)) + (entry.encrypted ? "!" : ""));
      entries.push_back(show.marked(std::move(entry.text)));
    }
    json one = {{"entries", std::move(entries)}};
    put(one, "line", step.line);
    put(one, "title", std::move(step.title));
    steps.push_back(std::move(one));
  }
  put(object, "steps", std::move(steps));
  return object;
}

json delivered_json(const CaseResult& result, const Shower& show) {
  auto array = json::array();
  for (std::size_t i = 0; i < std::min(result.delivered.size(), most_messages); ++i) {
    const auto& message = result.delivered[i];
    array.push_back({{"octets", message.size()}, {"lines", some_lines(message, message_lines, false, show)}});
  }
  return array;
}

json worse_than_pass(const CaseResult& result) {
  auto object = json::object();
  for (const auto& one : result.requirement_verdicts) {
    if (one.verdict != base::Verdict::pass) object[shown(one.requirement, widest_word)] = word(one.verdict);
  }
  return object;
}

json cell_json(const result::Run& run, const Cell& cell) {
  const auto& result = *cell.result;
  const Shower show(result.token);
  json object = {{"verdict", word(result.verdict)}};
  put(object, "label", shown(cell.behaviour.label, widest_sentence));
  put(object, "answer", shown(cell.behaviour.answer, widest_sentence));
  put(object, "reason", show(result.reason, widest_answer));
  put(object, "token", shown(result.token, widest_word));
  put(object, "command", rerun_command(run, result));
  put(object, "findings", findings_json(result, show));
  put(object, "requirements", worse_than_pass(result));
  auto sessions = json::array();
  for (const auto& session : result.sessions) sessions.push_back(session_json(result, session, show));
  put(object, "sessions", std::move(sessions));
  put(object, "delivered", delivered_json(result, show));
  put(object, "deliveredCount", result.delivered.size());
  put(object, "log", some_lines(result.server_log, log_lines, true, show));
  return object;
}

// --- One row ---

std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

json row_json(const Matrix& matrix, const Row& row) {
  const auto& about = *row.about;
  json object = {{"id", shown(about.id, widest_word)}};
  put(object, "title", shown(about.title, widest_sentence));
  put(object, "why", shown(on_one_line(about.why), widest_answer));
  put(object, "file", base::show_source(about.position.file));
  put(object, "line", about.position.line);
  auto source = json::array();
  for (const auto& line : about.source_lines)
    source.push_back(base::show_source(std::string_view(line).substr(0, widest_line)));
  put(object, "source", std::move(source));
  auto covers = json::array();
  for (const auto& id : about.covers) covers.push_back(shown(id, widest_word));
  put(object, "covers", std::move(covers));
  auto cells = json::array();
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const auto& cell = row.cells[i];
    cells.push_back(cell.result != nullptr ? cell_json(*matrix.columns[i].run, cell) : json());
  }
  object["cells"] = std::move(cells);
  return object;
}

// --- Phrases ---

void count_texts(const json& value, Phrases& phrases) {
  if (value.is_string()) phrases.count(value.get_ref<const std::string&>());
  if (!value.is_structured()) return;
  for (const auto& inner : value) count_texts(inner, phrases);
}

void number_texts(json& value, const Phrases& phrases) {
  if (value.is_structured()) {
    for (auto& inner : value) number_texts(inner, phrases);
    return;
  }
  if (!value.is_string()) return;
  const auto number = phrases.number(value.get_ref<const std::string&>());
  if (number != Phrases::none) value = number;
}

// What was shown is valid UTF-8, and what a person's file holds was too.
std::string written(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string common_json(const Matrix& matrix, const Phrases& phrases) {
  auto requirements = json::object();
  for (const auto& [id, requirement] : matrix.requirements) {
    requirements[shown(id, widest_word)] = {
        shown(requirement->level, widest_word), shown(requirement->rfc, widest_word),
        shown(requirement->section, widest_word), shown(requirement->gist, widest_sentence)};
  }
  return written({{"phrases", phrases.all()}, {"requirements", std::move(requirements)}});
}

}  // namespace

// Each row is made twice, so that not all of them stand in memory.
MatrixData matrix_data(const Matrix& matrix) {
  Phrases phrases;
  for (const auto& row : matrix.rows) count_texts(row_json(matrix, row), phrases);
  phrases.order();
  MatrixData data;
  data.common = packed(common_json(matrix, phrases));
  std::string chunk;
  for (std::size_t i = 0; i < matrix.rows.size(); ++i) {
    auto row = row_json(matrix, matrix.rows[i]);
    number_texts(row, phrases);
    if (chunk.empty()) data.first_rows.push_back(i);
    chunk += (chunk.empty() ? "[" : ",") + written(row);
    if (chunk.size() < chunk_bytes && i + 1 < matrix.rows.size()) continue;
    data.chunks.push_back(packed(chunk + "]"));
    chunk.clear();
  }
  return data;
}

}  // namespace smtpspec::report
