// SPDX-License-Identifier: Apache-2.0
#include "report/markdown.hpp"

#include <fmt/format.h>

#include "report/case_text.hpp"
#include "report/console.hpp"
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
  return fmt::format("<details><summary>{} {} {}: {}</summary>\n\n<pre>{}</pre>\n\n</details>\n\n",
                     glyph(result.verdict), base::to_string(result.verdict),
                     inline_code(shown(result.id, widest_word)),
                     inline_code(shown(result.title, widest_sentence)), escape_markup(text));
}

}  // namespace

std::string markdown(const Run& run, const gate::Decision& decision) {
  auto text = fmt::format("### smtpspec: {} on {}\n\n", to_string(decision.exit_code),
                          inline_code(shown(run.target.name, widest_word))) +
              counts_table(run);
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    if (!decision.cases[i].red && run.cases[i].verdict != Verdict::warn) continue;
    const auto block = case_block(run, run.cases[i], decision.cases[i]);
    if (text.size() + block.size() > most_octets)
      ++left_out;
    else
      text += block;
  }
  if (left_out > 0) text += fmt::format("{} more cases are not shown here.\n\n", left_out);
  return text + fmt::format("`{}`\n", summary_line(run, decision));
}

}  // namespace smtpspec::report
