// SPDX-License-Identifier: Apache-2.0
#include "report/markdown.hpp"

#include <fmt/format.h>

#include "report/case_text.hpp"
#include "report/console.hpp"
#include "report/deltas.hpp"
#include "report/escape_markup.hpp"
#include "report/paint.hpp"
#include "report/shown.hpp"
#include "report/tally.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using result::CaseResult;
using result::Run;

constexpr std::size_t most_octets = 512 * 1024;
constexpr std::size_t widest_word = 200;
constexpr std::size_t widest_sentence = 500;

std::string counts_table(const Run& run) {
  const Tally tally(run);
  std::string head = "|", line = "|", row = "|";
  for (const auto verdict : verdict_order) {
    if (tally[verdict] == 0) continue;
    head += fmt::format(" {} {} |", glyph(verdict), base::to_string(verdict));
    line += "---:|";
    row += fmt::format(" {} |", tally[verdict]);
  }
  return head.size() == 1 ? std::string() : head + "\n" + line + "\n" + row + "\n\n";
}

// A block begun by <pre> ends only at </pre>, so that nothing in it is Markdown.
std::string case_block(const Run& run, const CaseResult& result, const gate::CaseDecision& decision) {
  const auto text = case_text(run, result, decision, {decision.red, false}, Paint());
  const auto delta = red_delta(decision);
  return fmt::format("<details><summary>{} {}{}{} {}: {}</summary>\n\n<pre>{}</pre>\n\n</details>\n\n",
                     glyph(result.verdict), base::to_string(result.verdict), delta.empty() ? "" : ", ", delta,
                     inline_code(shown(result.id, widest_word)),
                     inline_code(shown(result.title, widest_sentence)), escape_markup(text));
}

// One line for each entry of the expectation file that holds.
std::string known_block(const Run& run, const gate::Decision& decision) {
  const auto line = delta_line(run, decision);
  if (line.empty()) return {};
  auto text = inline_code(line) + "\n\n";
  std::string entries;
  for (const auto& known : known_deviations(run, decision)) {
    entries +=
        fmt::format("{} ({}): {}\n", known.place, known.cases.size(), shown(known.reason, widest_sentence));
  }
  for (const auto& note : decision.notes)
    text += "note: " + inline_code(shown(note, widest_sentence)) + "\n\n";
  if (entries.empty()) return text;
  return text + fmt::format("<details><summary>known deviations</summary>\n\n<pre>{}</pre>\n\n</details>\n\n",
                            escape_markup(entries));
}

}  // namespace

std::string markdown(const Run& run, const gate::Decision& decision) {
  auto text = fmt::format("### smtpspec: {} on {}\n\n", to_string(decision.exit_code),
                          inline_code(shown(run.target.name, widest_word))) +
              counts_table(run);
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const auto& decided = decision.cases[i];
    const bool is_told =
        decided.red || (run.cases[i].verdict == Verdict::warn && !is_known_deviation(run.cases[i], decided));
    if (!is_told) continue;
    const auto block = case_block(run, run.cases[i], decision.cases[i]);
    if (text.size() + block.size() > most_octets)
      ++left_out;
    else
      text += block;
  }
  if (left_out > 0) text += fmt::format("{} more cases are not shown here.\n\n", left_out);
  if (auto known = known_block(run, decision); text.size() + known.size() <= most_octets) text += known;
  return text + fmt::format("`{}`\n", summary_line(run, decision));
}

}  // namespace smtpspec::report
