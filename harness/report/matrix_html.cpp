// SPDX-License-Identifier: Apache-2.0
#include "report/matrix_html.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compare/changes.hpp"
#include "report/escape_markup.hpp"
#include "report/matrix_cell.hpp"
#include "report/matrix_css.hpp"
#include "report/matrix_data.hpp"
#include "report/matrix_early_js.hpp"
#include "report/matrix_findings.hpp"
#include "report/matrix_js.hpp"
#include "report/matrix_table.hpp"
#include "report/packed.hpp"
#include "report/paint.hpp"
#include "report/shown.hpp"
#include "report/tally.hpp"

// Whatever a target sent is escaped for display (shown), then for HTML, or packed. The policy in the head is
// the second wall: only the script and the style whose hashes it names are taken, and nothing is fetched.
namespace smtpspec::report {
namespace {

using compare::Column;
using compare::Matrix;

constexpr std::size_t widest_word = 200;
constexpr std::size_t widest_sentence = 500;
constexpr std::size_t most_octets = 5'000'000;  // of the page
constexpr std::size_t octets_of_frame = 60'000;

std::string safe(std::string_view octets, std::size_t at_most = widest_word) {
  return escape_markup(shown(octets, at_most));
}

std::string style(const Matrix& matrix) {
  return fmt::format("{}:root{{--columns:{}}}", matrix_css, matrix.columns.size());
}

std::string title_of(const Matrix& matrix) {
  if (compare::is_old_and_new(matrix)) return escape_markup(old_and_new_words(matrix));
  return fmt::format("{} SMTP servers side by side", matrix.columns.size());
}

std::string head(const Matrix& matrix) {
  const auto css = style(matrix);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; base-uri 'none'; form-action "
      "'none'; script-src '{}' '{}'; style-src '{}'\">\n"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n<meta name=referrer "
      "content=no-referrer>\n"
      "<title>{}</title>\n<style>{}</style>\n<script>{}</script>\n</head>\n",
      policy_hash(matrix_early_js), policy_hash(matrix_js), policy_hash(css), title_of(matrix), css,
      matrix_early_js);
}

// --- About the targets ---

std::string counts(const Column& column) {
  std::string text;
  for (const auto verdict : verdict_order) {
    if (column.count(verdict) == 0) continue;
    text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", glyph(verdict), column.count(verdict),
                        base::to_string(verdict));
  }
  return text;
}

std::string about_column(const Column& column) {
  const auto& run = *column.run;
  const auto& target = run.target;
  auto text = fmt::format("<tr><th scope=row>{}<td>{} {}<td><code>{}</code><td>{}", safe(column.name),
                          safe(target.software), safe(target.version), safe(target.banner, widest_sentence),
                          safe(fmt::format("{}", fmt::join(target.ehlo, ", ")), widest_sentence));
  text += fmt::format("<td>{}<td>{}<td>{}", safe(run.started), safe(run.suite_version), counts(column));
  if (!column.problem.empty()) text += fmt::format("<br>{}", safe(column.problem, widest_sentence));
  if (!run.aborted.empty()) text += fmt::format("<br>stopped early: {}", safe(run.aborted, widest_sentence));
  return text + "\n";
}

std::string about(const Matrix& matrix) {
  std::string text =
      "<details id=about><summary>About the targets</summary><div><table><thead><tr><th>Name<th>Software"
      "<th>Greeting<th>EHLO<th>Started<th>Suite<th>Cases</thead>\n";
  for (const auto& column : matrix.columns) text += about_column(column);
  return text + "</table></div></details>\n";
}

// --- The top ---

std::string dates(const Matrix& matrix) {
  std::set<std::string> days;
  constexpr std::size_t length_of_day = 10;  // 2026-01-31
  for (const auto& column : matrix.columns) {
    if (column.run->started.size() >= length_of_day)
      days.insert(column.run->started.substr(0, length_of_day));
  }
  if (days.empty()) return {};
  const auto first = safe(*days.begin());
  return " · " + (days.size() == 1 ? first : first + " to " + safe(*days.rbegin()));
}

constexpr const char* filters =
    "<form class=filters role=search>\n"
    "<input type=search id=words placeholder=\"Search cases ( / )\" aria-label=\"Search cases\" "
    "autocomplete=off spellcheck=false>\n"
    "<fieldset class=segments aria-label=\"Which cases\">"
    "<label><input type=radio name=show value=all checked>All</label>"
    "<label title=\"Cases in which not all targets did the same\"><input type=radio name=show "
    "value=differences>Differences</label>"
    "<label title=\"Cases in which one target differs and all others agree\"><input type=radio name=show "
    "value=alone>Only one differs</label></fieldset>\n"
    "<select id=target aria-label=\"Of which target\"><option value=-1>any target</select>\n"
    "<span id=verdicts role=group aria-label=\"With a verdict\"></span>\n"
    "<span id=changes role=group aria-label=\"With a change\"></span>\n"
    "<select id=rfc aria-label=\"Of which RFC\"><option value=\"\">any RFC</select>\n"
    "<button type=button id=clear hidden>Clear filters</button>\n</form>\n";

std::string top(const Matrix& matrix) {
  return fmt::format("<header class=top>\n<h1>{}</h1>\n<p>{} cases, {} with a difference{}</p>\n",
                     title_of(matrix), matrix.rows.size(), matrix.differing_rows(), dates(matrix)) +
         about(matrix) + filters + "</header>\n";
}

// --- What is packed ---

std::string data_blocks(const MatrixData& data) {
  auto text = "<script type=text/plain id=common>" + data.common + "</script>\n";
  for (std::size_t i = 0; i < data.chunks.size(); ++i) {
    text += fmt::format("<script type=text/plain class=chunk data-first={}>{}</script>\n", data.first_rows[i],
                        data.chunks[i]);
  }
  return text;
}

}  // namespace

std::string matrix_html(const Matrix& matrix) {
  auto page = head(matrix) + "<body>\n" + top(matrix) + "<main id=scroller tabindex=-1>\n" +
              matrix_table(matrix) + "<p id=nothing hidden>No case is like that.</p>\n";
  const auto data = data_blocks(matrix_data(matrix));
  const auto taken = page.size() + data.size() + octets_of_frame;
  page += "<noscript><section id=findings>\n<h2>What did not pass</h2>\n" +
          matrix_findings(matrix, most_octets - std::min(most_octets, taken)) + "</section></noscript>\n";
  page += "</main>\n<aside id=panel role=dialog aria-labelledby=panel-title tabindex=-1 hidden></aside>\n";
  return page + data + fmt::format("<script>{}</script>\n</body>\n</html>\n", matrix_js);
}

}  // namespace smtpspec::report
