// SPDX-License-Identifier: Apache-2.0
#include "report/interop_html.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "report/case_text.hpp"
#include "report/console.hpp"
#include "report/escape_markup.hpp"
#include "report/interop_case_html.hpp"
#include "report/interop_css.hpp"
#include "report/interop_grid.hpp"
#include "report/interop_js.hpp"
#include "report/packed.hpp"
#include "report/paint.hpp"
#include "report/shown.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using result::CaseResult;
using result::Run;

constexpr std::size_t widest_word = 200;
constexpr std::size_t widest_sentence = 500;
constexpr char between_fragments = '\x1e';  // no report text has a control character in it

std::string safe(std::string_view octets, std::size_t at_most = widest_word) {
  return escape_markup(shown(octets, at_most));
}

std::string head() {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src '{}'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>smtpspec interop</title>\n"
      "<style>\n{}</style>\n</head>\n<body>\n",
      policy_hash(interop_js), interop_css);
}

std::string facts(const Run& run, const gate::Decision& decision) {
  return fmt::format(
      "<h1>Interop: {}</h1>\n<p class=\"facts\">{}<br>{} · {:.1f} s · smtpspec {} · suite {}{}</p>\n",
      to_string(decision.exit_code), safe(run.target.software, 2000), safe(run.started),
      std::chrono::duration<double>(run.duration).count(), safe(run.tool_version), safe(run.suite_version),
      run.aborted.empty() ? "" : " · stopped early: " + safe(run.aborted));
}

// In words, for who can't see the signs.
std::string cell_words(const Run& run, const InteropCell& cell) {
  std::map<Verdict, std::size_t, std::greater<>> counts;
  for (const auto i : cell.cases) ++counts[run.cases[i].verdict];
  std::string text;
  for (const auto& [verdict, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, base::to_string(verdict));
  return text;
}

std::string pair_anchor(std::size_t sender, std::size_t receiver) {
  return fmt::format("pair-{}-{}", sender, receiver);
}

// What a server does not offer takes nothing from a pair of which everything else is well.
std::string_view class_of(const Run& run, const InteropCell& cell) {
  const auto worst = worst_of(run, cell);
  const bool any_judged = std::any_of(cell.cases.begin(), cell.cases.end(), [&](std::size_t i) {
    return run.cases[i].verdict < Verdict::unsupported;
  });
  return base::to_string(worst == Verdict::unsupported && any_judged ? Verdict::pass : worst);
}

std::string matrix(const Run& run, const InteropGrid& grid) {
  std::string text =
      "<table class=\"matrix\"><caption>Who sends stands at the left, who receives on top. A cell leads to "
      "its "
      "messages.</caption>\n<thead><tr><td></td>";
  for (const auto& name : grid.receivers) text += fmt::format("<th scope=\"col\">{}</th>", safe(name));
  text += "</tr></thead>\n<tbody>\n";
  for (std::size_t s = 0; s < grid.senders.size(); ++s) {
    text += fmt::format("<tr><th scope=\"row\">{}</th>", safe(grid.senders[s]));
    for (std::size_t r = 0; r < grid.receivers.size(); ++r) {
      const auto& cell = grid.cells[s][r];
      if (cell.cases.empty()) {
        text += "<td></td>";
        continue;
      }
      text += fmt::format("<td><a class=\"cell {}\" href=\"#{}\" aria-label=\"{} to {}: {}\">{}</a></td>",
                          class_of(run, cell), pair_anchor(s, r), safe(grid.senders[s]),
                          safe(grid.receivers[r]), cell_words(run, cell), cell_text(run, cell));
    }
    text += "</tr>\n";
  }
  return text +
         "</tbody></table>\n<p class=\"legend\">✓ arrived as it was · ○ recorded: the RFCs leave it open · – "
         "unsupported · ! a SHOULD was missed · ✗ a MUST was broken · □ could not be judged</p>\n";
}

bool has_details(const CaseResult& result) {
  return result.verdict != Verdict::pass && result.verdict != Verdict::info &&
         result.verdict != Verdict::unsupported;
}

std::string said(const CaseResult& result, const gate::CaseDecision& decision) {
  if (!result.outcome.empty()) return shown(result.outcome, widest_sentence);
  return result.verdict == Verdict::pass ? std::string() : case_message(result, decision);
}

// The same fault shows in every pair that a server is in: told once, with the pairs that show it.
std::string what_is_behind_it(const Run& run, const gate::Decision& decision) {
  struct Row {
    Verdict verdict;
    std::vector<std::size_t> cases;
  };
  std::vector<std::pair<std::string, Row>> rows;
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const auto& result = run.cases[i];
    if (!has_details(result)) continue;
    const auto key = interop_id(result.id).message + "\n" + said(result, decision.cases[i]);
    auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.first == key; });
    if (found == rows.end()) found = rows.insert(rows.end(), {key, Row{result.verdict, {}}});
    found->second.verdict = std::max(found->second.verdict, result.verdict);
    found->second.cases.push_back(i);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second.verdict > b.second.verdict; });
  std::string text;
  for (const auto& [key, row] : rows) {
    const auto& first = run.cases[row.cases.front()];
    const auto word = base::to_string(row.verdict);
    text += fmt::format(
        "<tr><td><span class=\"verdict {0}\">{1} {0}</span></td><td>{2}</td><td>{3}</td><td><a "
        "href=\"#{4}\">{5} "
        "{6}</a></td></tr>\n",
        word, glyph(row.verdict), escape_markup(said(first, decision.cases[row.cases.front()])),
        safe(interop_id(first.id).message), safe(first.id), row.cases.size(),
        row.cases.size() == 1 ? "pair" : "pairs");
  }
  if (text.empty()) return text;
  return "<h2>What is behind it</h2>\n<table class=\"behind\"><thead><tr><th>verdict</th><th>what</th>"
         "<th>message</th><th>seen in</th></tr></thead>\n<tbody>\n" +
         text + "</tbody></table>\n";
}

std::string case_entry(const Run& run, const gate::Decision& decision, std::size_t index) {
  const auto& result = run.cases[index];
  const auto word = base::to_string(result.verdict);
  const bool is_known = decision.cases[index].delta == gate::Delta::as_expected;
  const auto body =
      has_details(result)
          ? interop_case_html(run, result)
          : fmt::format(
                "<p class=\"packed\">{}: its dialogues are packed, which takes scripts to open. "
                "<code>{}</code></p>\n",
                safe(result.title), escape_markup(rerun_command(run, result)));
  return fmt::format(
      "<details class=\"case\" id=\"{}\"{}><summary><span class=\"verdict {}\">{} {}</span>{} {} <span "
      "class=\"said\">{}</span></summary>\n{}</details>\n",
      safe(result.id), has_details(result) ? "" : fmt::format(" data-fragment=\"{}\"", index), word,
      glyph(result.verdict), word, is_known ? " <b>known</b>" : "", safe(interop_id(result.id).message),
      escape_markup(said(result, decision.cases[index])), body);
}

// The worst stands first.
std::string pair_section(const Run& run, const gate::Decision& decision, const InteropGrid& grid,
                         std::size_t s, std::size_t r) {
  auto cases = grid.cells[s][r].cases;
  std::stable_sort(cases.begin(), cases.end(),
                   [&](std::size_t a, std::size_t b) { return run.cases[a].verdict > run.cases[b].verdict; });
  auto text = fmt::format("<section class=\"pair\" id=\"{}\">\n<h2>{} to {}</h2>\n", pair_anchor(s, r),
                          safe(grid.senders[s]), safe(grid.receivers[r]));
  for (const auto i : cases) text += case_entry(run, decision, i);
  return text + "<p><a href=\"#top\">back to the matrix</a></p>\n</section>\n";
}

std::string pairs(const Run& run, const gate::Decision& decision, const InteropGrid& grid) {
  std::string text;
  for (std::size_t s = 0; s < grid.senders.size(); ++s) {
    for (std::size_t r = 0; r < grid.receivers.size(); ++r) {
      if (!grid.cells[s][r].cases.empty()) text += pair_section(run, decision, grid, s, r);
    }
  }
  return text;
}

std::string packed_fragments(const Run& run) {
  std::string all;
  for (const auto& result : run.cases) {
    if (!has_details(result)) all += interop_case_html(run, result);
    all += between_fragments;
  }
  return fmt::format("<template id=\"fragments\">{}</template>\n<script>{}</script>\n", packed(all),
                     interop_js);
}

}  // namespace

std::string interop_html(const Run& run, const gate::Decision& decision) {
  const auto grid = interop_grid(run);
  return head() + "<main id=\"top\">\n" + facts(run, decision) + matrix(run, grid) + "</main>\n" +
         pairs(run, decision, grid) + what_is_behind_it(run, decision) +
         fmt::format("<p><code>{}</code></p>\n", summary_line(run, decision)) + packed_fragments(run) +
         "</body>\n</html>\n";
}

}  // namespace smtpspec::report
