// SPDX-License-Identifier: Apache-2.0
#include "report/interop_case_html.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/case_text.hpp"
#include "report/dialogue.hpp"
#include "report/escape_markup.hpp"
#include "report/interop_grid.hpp"
#include "report/octet_difference.hpp"
#include "report/shown.hpp"

namespace smtpspec::report {
namespace {

constexpr std::size_t widest_sentence = 600;
constexpr std::size_t widest_line = 400;

std::string safe(std::string_view octets) {
  return escape_markup(shown(octets, widest_sentence));
}

std::string requirements(const result::Run& run, const result::Finding& finding) {
  std::string text;
  for (const auto& id : finding.requirements) {
    const auto known = std::find_if(run.requirements.begin(), run.requirements.end(),
                                    [&](const base::Requirement& one) { return one.id == id; });
    text += known == run.requirements.end()
                ? fmt::format("<li>{}</li>", safe(id))
                : fmt::format("<li>{} ({}): {}</li>", safe(id), safe(known->level), safe(known->gist));
  }
  return text.empty() ? text : "<ul>" + text + "</ul>";
}

std::string figure(const std::string& title, const std::string& text) {
  return fmt::format("<figure><figcaption>{}</figcaption><pre tabindex=\"0\">{}</pre></figure>", title, text);
}

std::string side_by_side(const std::string& figures) {
  return "<div class=\"two\">" + figures + "</div>\n";
}

std::string finding_text(const result::Run& run, const result::Finding& finding) {
  auto text = fmt::format("<p class=\"finding\">{}</p>{}", safe(finding.message), requirements(run, finding));
  if (finding.expected.empty() && finding.actual.empty()) return text;
  const auto difference = octet_difference(finding.expected, finding.actual);
  return text +
         side_by_side(figure("as it was", difference.before) + figure("as it became", difference.after));
}

std::string dialogue(const result::Session& session) {
  using Kind = base::TranscriptEvent::Kind;
  std::string text;
  for (const auto& line : dialogue_lines(session, widest_line)) {
    const char* who = line.kind == Kind::sent ? "c" : line.kind == Kind::received ? "s" : "n";
    const char* sign = line.kind == Kind::sent ? "C:" : line.kind == Kind::received ? "S:" : "--";
    text += fmt::format("<span class=\"{}\">{} {}</span>\n", who, sign, escape_markup(line.text));
  }
  return text.empty() ? "nothing was said" : text;
}

std::string dialogues(const result::CaseResult& result) {
  const auto id = interop_id(result.id);
  if (result.sessions.empty()) return {};
  const auto first = fmt::format("we to {}", safe(id.sender));
  const auto second = fmt::format("{} to {}", safe(id.sender), safe(id.receiver));
  auto figures = figure(first, dialogue(result.sessions[0]));
  for (std::size_t i = 1; i < result.sessions.size(); ++i)
    figures += figure(i == 1 ? second : second + ", again", dialogue(result.sessions[i]));
  if (result.sessions.size() == 1) figures += figure(second, "nothing was sent on");
  return side_by_side(figures);
}

std::string delivered(const result::CaseResult& result) {
  std::string text;
  for (const auto& message : result.delivered) {
    std::string lines;
    for (const auto& line : shown_lines(message, widest_line)) lines += escape_markup(line) + "\n";
    text +=
        fmt::format("<details><summary>delivered</summary><pre tabindex=\"0\">{}</pre></details>\n", lines);
  }
  return text;
}

}  // namespace

std::string interop_case_html(const result::Run& run, const result::CaseResult& result) {
  auto text = fmt::format("<p>{}</p>\n", safe(result.title));
  if (!result.why.empty()) text += fmt::format("<p class=\"said\">{}</p>\n", safe(result.why));
  if (!result.reason.empty()) text += fmt::format("<p class=\"finding\">{}</p>\n", safe(result.reason));
  for (const auto& finding : result.findings) text += finding_text(run, finding);
  return text + dialogues(result) + delivered(result) +
         fmt::format("<p><code>{}</code></p>\n", escape_markup(rerun_command(run, result)));
}

}  // namespace smtpspec::report
