// SPDX-License-Identifier: Apache-2.0
#include "report/matrix_table.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compare/changes.hpp"
#include "report/escape_markup.hpp"
#include "report/paint.hpp"
#include "report/shown.hpp"
#include "report/tally.hpp"

// A page holds some 20,000 cells: end tags that HTML does without are left out, and quotes of attributes.
namespace smtpspec::report {
namespace {

using base::Verdict;
using compare::Cell;
using compare::Matrix;
using compare::Row;
using compare::Section;

constexpr std::size_t widest_cell = 60;
constexpr std::size_t widest_word = 200;
constexpr std::size_t widest_sentence = 300;

std::string safe(std::string_view octets, std::size_t at_most = widest_word) {
  return escape_markup(shown(octets, at_most));
}

// --- Names of rows and sections ---

// "rfc5321/4.5.2-transparency/only-crlf-dot-crlf-ends" of ".../lf-dot-lf".
std::string_view parent_of(std::string_view id) {
  const auto slash = id.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : id.substr(0, slash);
}

// A scenario with a table gives rows of one title, whose ids differ in their last word.
bool is_same_scenario(const Row& one, const Row& other) {
  return one.about->title == other.about->title && !parent_of(one.about->id).empty() &&
         parent_of(one.about->id) == parent_of(other.about->id);
}

// "transparency" of "rfc5321/4.5.2-transparency/..."; empty where the id does not say it.
std::string topic_of(const Row& row) {
  const std::string_view id = row.about->id;
  const auto first = id.find('/');
  if (first == std::string_view::npos) return {};
  auto file = id.substr(first + 1);
  file = file.substr(0, file.find('/'));
  const auto& section = row.about->section;
  if (section.empty() || !file.starts_with(section + "-")) return {};
  auto words = std::string(file.substr(section.size() + 1));
  std::replace(words.begin(), words.end(), '-', ' ');
  return words;
}

// Where all rows of the section agree.
std::string topic_of(const Matrix& matrix, const Section& section) {
  const auto topic = topic_of(matrix.rows[section.first_row]);
  for (std::size_t i = 1; i < section.row_count; ++i) {
    if (topic_of(matrix.rows[section.first_row + i]) != topic) return {};
  }
  return topic;
}

std::string name_of(const Section& section) {
  if (section.invariants) return "Every reply of every case";
  if (section.spec.empty()) return "Own rules";
  return safe(section.spec) + (section.section.empty() ? "" : " §" + safe(section.section));
}

// --- The heading ---

// Some programs tell a whole sentence. All of it stands in the list of targets.
std::string short_version(const std::string& version) {
  constexpr std::size_t widest_version = 28;
  if (version.size() <= widest_version) return safe(version);
  const auto space = version.rfind(' ', widest_version);
  return safe(version.substr(0, space == std::string::npos ? widest_version : space)) + "…";
}

std::string column_heading(const compare::Column& column, std::size_t number) {
  const auto& version = column.run->target.version;
  auto text = fmt::format("<th scope=col data-column={}><b>{}</b>", number, safe(column.name));
  if (!version.empty() && column.name.find(version) == std::string::npos)
    text += fmt::format(" <small>{}</small>", short_version(version));
  if (!column.problem.empty()) text += " <em>not reached</em>";
  return text + "\n";
}

std::string table_heading(const Matrix& matrix) {
  std::string text =
      "<thead><tr><th scope=col><output id=count>Case</output> <button type=button id=fold>Close "
      "all</button>\n";
  for (std::size_t i = 0; i < matrix.columns.size(); ++i) text += column_heading(matrix.columns[i], i);
  return text + "</thead>\n";
}

// --- The cells ---

std::string cell_text(const Cell& cell) {
  const auto text = safe(cell.behaviour.text(), widest_cell);
  return std::string(glyph(cell.behaviour.verdict)) + (text.empty() ? "" : " ") + text;
}

std::string cell_html(const Cell& cell, std::size_t row, std::size_t column) {
  if (cell.result == nullptr) return "<td class=n>·\n";
  const auto text = cell_text(cell);
  const char kind = verdict_class(cell.behaviour.verdict);
  if (!has_more_to_tell(cell)) return fmt::format("<td class={}>{}\n", kind, text);
  return fmt::format("<td class={}><a href=#c{}-{}>{}</a>\n", kind, row, column, text);
}

// Of many behaviours the last sign stands for all that are left.
std::string groups_of(const Row& row) {
  constexpr std::string_view signs = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text;
  for (const auto& cell : row.cells)
    text += cell.compared ? signs[std::min(cell.group, signs.size() - 1)] : '-';
  return text;
}

std::string covers_of(const Row& row) {
  std::string text;
  for (const auto& id : row.about->covers) text += (text.empty() ? "" : " ") + safe(id);
  return text;
}

/// What became of each row between an old run and a new one; empty words in any other comparison.
using ChangeWords = std::vector<std::string_view>;

ChangeWords change_words(const Matrix& matrix) {
  ChangeWords words(matrix.rows.size());
  if (!compare::is_old_and_new(matrix)) return words;
  for (const auto& change : compare::changes_between(matrix, 0, 1))
    words[change.row] = to_string(change.kind);
  return words;
}

std::string row_heading(const Row& row, std::string_view change, bool in_group) {
  const std::string_view id = row.about->id;
  const auto name = in_group                   ? id.substr(parent_of(id).size() + 1)
                    : row.about->title.empty() ? id
                                               : row.about->title;
  auto text = fmt::format("<tr data-id=\"{}\" data-groups={} data-covers=\"{}\"", safe(id),
                          row.cells.empty() ? "-" : groups_of(row), covers_of(row));
  if (!change.empty()) text += fmt::format(" data-change={}", change);
  text += fmt::format("><th scope=row{}>{}", in_group ? " class=one" : "", safe(name, widest_sentence));
  if (!change.empty()) text += fmt::format(" <em class=\"change {}\">{}</em>", change, change);
  return text + "\n";
}

std::string row_html(const Matrix& matrix, std::size_t number, std::string_view change, bool in_group) {
  const auto& row = matrix.rows[number];
  auto text = row_heading(row, change, in_group);
  for (std::size_t i = 0; i < row.cells.size(); ++i) text += cell_html(row.cells[i], number, i);
  return text;
}

// --- The sections ---

// What a closed section hides: its worst, counted.
std::string tally_html(const Matrix& matrix, const Section& section, std::size_t column) {
  std::array<std::size_t, verdict_order.size()> counts{};
  for (std::size_t i = 0; i < section.row_count; ++i) {
    const auto& cell = matrix.rows[section.first_row + i].cells[column];
    if (cell.result != nullptr) ++counts[static_cast<std::size_t>(cell.behaviour.verdict)];
  }
  std::string text;
  for (const auto verdict :
       {Verdict::error, Verdict::crash, Verdict::blocked, Verdict::fail, Verdict::warn}) {
    if (const auto count = counts[static_cast<std::size_t>(verdict)]; count > 0)
      text += fmt::format("<i class={}>{}\u2009{}</i> ", verdict_class(verdict), glyph(verdict), count);
  }
  return "<td>" + text + "\n";
}

std::string section_heading(const Matrix& matrix, const Section& section) {
  const auto topic = topic_of(matrix, section);
  auto text = fmt::format("<tr class=section><th scope=rowgroup><b>{}</b>{} <small>{}</small>\n",
                          name_of(section), topic.empty() ? "" : " " + safe(topic), section.row_count);
  for (std::size_t i = 0; i < matrix.columns.size(); ++i) text += tally_html(matrix, section, i);
  return text;
}

std::string scenario_heading(const Matrix& matrix, const Row& row) {
  return fmt::format("<tr class=scenario><th scope=rowgroup colspan={}><span>{}</span>\n",
                     matrix.columns.size() + 1, safe(row.about->title, widest_sentence));
}

std::string section_html(const Matrix& matrix, const Section& section, const ChangeWords& changes) {
  std::string_view spec = section.spec;
  if (spec.starts_with("RFC ")) spec.remove_prefix(4);
  auto text =
      fmt::format("<tbody data-rfc=\"{}\" data-section=\"{}\">\n", safe(spec), safe(section.section)) +
      section_heading(matrix, section);
  const auto end = section.first_row + section.row_count;
  for (auto i = section.first_row; i < end; ++i) {
    const auto& row = matrix.rows[i];
    const bool follows = i > section.first_row && is_same_scenario(matrix.rows[i - 1], row);
    const bool goes_on = i + 1 < end && is_same_scenario(row, matrix.rows[i + 1]);
    const bool in_group = follows || goes_on;
    if (in_group && !follows) text += scenario_heading(matrix, row);
    text += row_html(matrix, i, changes[i], in_group);
  }
  return text;
}

}  // namespace

char verdict_class(Verdict verdict) {
  return base::to_string(verdict).front();
}

bool has_more_to_tell(const Cell& cell) {
  return cell.result != nullptr && cell.behaviour.verdict != Verdict::pass &&
         cell.behaviour.verdict != Verdict::info;
}

std::string matrix_table(const Matrix& matrix) {
  auto text = "<table id=matrix>\n" + table_heading(matrix);
  const auto changes = change_words(matrix);
  for (const auto& section : matrix.sections) text += section_html(matrix, section, changes);
  return text + "</table>\n";
}

}  // namespace smtpspec::report
