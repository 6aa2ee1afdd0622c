// SPDX-License-Identifier: Apache-2.0
#include "report/html.hpp"

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/case_text.hpp"
#include "report/console.hpp"
#include "report/deltas.hpp"
#include "report/escape_markup.hpp"
#include "report/interop_grid.hpp"
#include "report/interop_html.hpp"
#include "report/paint.hpp"
#include "report/run_css.hpp"
#include "report/shown.hpp"
#include "report/tally.hpp"

// Whatever a target sent is escaped twice: for display (shown, case_text), then for HTML. The policy in the
// head is the second wall: were something to get through, nothing would run and nothing be fetched.
namespace smtpspec::report {
namespace {

using base::Verdict;
using gate::CaseDecision;
using result::CaseResult;
using result::Run;

constexpr std::size_t widest_word = 200;
constexpr std::size_t widest_sentence = 500;

std::string safe(std::string_view octets, std::size_t at_most = widest_word) {
  return escape_markup(shown(octets, at_most));
}

std::string head(const Run& run) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>smtpspec: "
      "{}</title>\n<style>\n{}</style>\n"
      "</head>\n<body>\n",
      safe(run.target.name), run_css);
}

std::string fact(std::string_view name, const std::string& value) {
  if (value.empty()) return {};
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, safe(value, widest_sentence));
}

std::string facts(const Run& run, const gate::Decision& decision) {
  return fmt::format("<h1>smtpspec: {} on {}</h1>\n<dl>\n", to_string(decision.exit_code),
                     safe(run.target.name)) +
         fact("software", run.target.software) + fact("version", run.target.version) +
         fact("address", run.target.address) + fact("greeting", run.target.banner) +
         fact("suite", run.suite_version) + fact("smtpspec", run.tool_version) +
         fact("started", run.started) +
         fmt::format("<dt>took</dt><dd>{:.3f} s</dd>\n",
                     std::chrono::duration<double>(run.duration).count()) +
         fact("stopped early", run.aborted) + fact("shard", run.shard) +
         fact("gate", delta_line(run, decision)) + "</dl>\n";
}

std::string counts(const Run& run) {
  const Tally tally(run);
  std::string names, numbers;
  for (const auto verdict : verdict_order) {
    if (tally[verdict] == 0) continue;
    const auto word = base::to_string(verdict);
    names += fmt::format("<th class=\"{}\">{} {}</th>", word, glyph(verdict), word);
    numbers += fmt::format("<td>{}</td>", tally[verdict]);
  }
  return fmt::format("<table><tr>{}</tr><tr>{}</tr></table>\n", names, numbers);
}

// What the target did, in one line: the outcome where one is known, else why the case is not a pass.
std::string said(const CaseResult& result, const CaseDecision& decision) {
  if (!result.outcome.empty()) return shown(result.outcome, widest_sentence);
  return result.verdict == Verdict::pass && !decision.red ? std::string() : case_message(result, decision);
}

std::string delta_word(const CaseResult& result, const CaseDecision& decision) {
  const auto word = is_known_deviation(result, decision) ? "known" : red_delta(decision);
  return word.empty() ? word : fmt::format(" <b class=\"delta\">{}</b>", word);
}

std::string case_line(const CaseResult& result, const CaseDecision& decision) {
  const auto word = base::to_string(result.verdict);
  return fmt::format(
      "<span class=\"verdict {}\">{} {}</span>{} <code>{}</code> <span class=\"said\">{}</span>", word,
      glyph(result.verdict), word, delta_word(result, decision), safe(result.id),
      escape_markup(said(result, decision)));
}

bool has_details(const CaseResult& result, const CaseDecision& decision) {
  return decision.red || result.verdict == Verdict::warn || is_known_deviation(result, decision);
}

std::string case_entry(const Run& run, const CaseResult& result, const CaseDecision& decision) {
  const auto line = case_line(result, decision);
  if (!has_details(result, decision)) return fmt::format("<div class=\"case\">{}</div>\n", line);
  const auto text = case_text(run, result, decision, {true, true}, Paint());
  return fmt::format(
      "<details class=\"case\" id=\"{}\"><summary>{}</summary>\n<p>{}</p>\n<pre>{}</pre>\n</details>\n",
      safe(result.id), line, safe(result.title, widest_sentence), escape_markup(text));
}

// What a reader came for stands first: a link to every case that is not clean, the worst verdict on top.
std::string not_clean(const Run& run, const gate::Decision& decision) {
  std::string links;
  for (auto order = verdict_order.rbegin(); order != verdict_order.rend(); ++order) {
    const auto verdict = *order;
    for (std::size_t i = 0; i < run.cases.size(); ++i) {
      const auto& result = run.cases[i];
      const auto& decided = decision.cases[i];
      if (result.verdict != verdict || !has_details(result, decided) || is_known_deviation(result, decided))
        continue;
      links += fmt::format("<div class=\"case\"><a href=\"#{}\">{}</a></div>\n", safe(result.id),
                           case_line(result, decided));
    }
  }
  return links.empty() ? links : "<h2>Not clean</h2>\n" + links;
}

// What the project knows and accepts: a block for each entry of its expectation file.
std::string known(const Run& run, const gate::Decision& decision) {
  std::string text;
  for (const auto& entry : known_deviations(run, decision)) {
    std::string links;
    for (const auto i : entry.cases)
      links += fmt::format("<div class=\"case\"><a href=\"#{}\">{}</a></div>\n", safe(run.cases[i].id),
                           case_line(run.cases[i], decision.cases[i]));
    text += fmt::format("<details><summary>{}: {} ({})</summary>\n{}</details>\n", escape_markup(entry.place),
                        safe(entry.reason, widest_sentence), entry.cases.size(), links);
  }
  for (const auto& note : decision.notes)
    text += fmt::format("<p>note: {}</p>\n", safe(note, widest_sentence));
  return text.empty() ? text : "<h2>Known deviations</h2>\n" + text;
}

std::string section_title(const CaseResult& result) {
  if (result.spec.empty()) return "other";
  return safe(result.spec) + (result.section.empty() ? std::string() : " section " + safe(result.section));
}

std::string sections(const Run& run, const gate::Decision& decision) {
  std::vector<std::pair<std::string, std::string>>
      all;  // title and entries, in the order of first appearance
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const auto title = section_title(run.cases[i]);
    auto* section = static_cast<std::string*>(nullptr);
    for (auto& [known, entries] : all) {
      if (known == title) section = &entries;
    }
    if (section == nullptr) section = &all.emplace_back(title, std::string()).second;
    *section += case_entry(run, run.cases[i], decision.cases[i]);
  }
  std::string text;
  for (const auto& [title, entries] : all) text += fmt::format("<h2>{}</h2>\n{}", title, entries);
  return text;
}

}  // namespace

std::string html(const Run& run, const gate::Decision& decision) {
  if (is_interop(run)) return interop_html(run, decision);
  return head(run) + facts(run, decision) + counts(run) + not_clean(run, decision) + known(run, decision) +
         sections(run, decision) +
         fmt::format("<p><code>{}</code></p>\n</body>\n</html>\n", summary_line(run, decision));
}

}  // namespace smtpspec::report
