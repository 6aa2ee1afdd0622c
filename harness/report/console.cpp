// SPDX-License-Identifier: Apache-2.0
#include "report/console.hpp"

#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/case_text.hpp"
#include "report/deltas.hpp"
#include "report/paint.hpp"
#include "report/shown.hpp"
#include "report/tally.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using result::CaseResult;
using result::Run;

constexpr std::size_t widest_word = 200;
constexpr std::size_t widest_sentence = 500;

// The answer to EHLO stands with each case in the other reports; here it would be said once for each keyword.
std::string without_answer(const std::string& reason) {
  return reason.substr(0, reason.find(": 250"));
}

class Console {
 public:
  Console(const Run& run, const gate::Decision& decision, const ConsoleOptions& options)
      : run_(run), decision_(decision), options_(options), paint_(options.colour && !options.plain) {}

  std::string text() {
    for (std::size_t i = 0; i < run_.cases.size(); ++i) add_case(run_.cases[i], decision_.cases[i]);
    add_repeated();
    add_unsupported();
    add_known();
    add_counts();
    add_run();
    return text_ +
           paint_(decision_.exit_code == gate::ExitCode::green ? Colour::green : Colour::red,
                  summary_line(run_, decision_)) +
           "\n";
  }

 private:
  void add_case(const CaseResult& result, const gate::CaseDecision& decision) {
    const bool is_told =
        decision.red || (result.verdict == Verdict::warn && !is_known_deviation(result, decision));
    if (!options_.verbose && !is_told) return;
    if (is_repeated(result)) return;
    text_ += heading(result, decision);
    // A missed SHOULD that is let pass is told, not laid out.
    const CaseTextOptions how{options_.verbose || decision.red, options_.verbose};
    text_ += indented(case_text(run_, result, decision, how, paint_), 2) + "\n";
  }

  std::string heading(const CaseResult& result, const gate::CaseDecision& decision) const {
    const auto word = base::to_string(result.verdict);
    const auto sign = options_.plain ? std::string(word) : fmt::format("{} {}", glyph(result.verdict), word);
    const auto title = shown(result.title, widest_sentence);
    const auto delta = red_delta(decision);
    return fmt::format("{}  {}{}\n", paint_(colour_of(result.verdict), sign),
                       paint_(Colour::bold, shown(result.id, widest_word)),
                       delta.empty() ? delta : "  " + paint_(Colour::red, delta)) +
           (title == case_message(result, decision) ? std::string() : "  " + title + "\n");
  }

  // When a target can't be reached, two hundred cases would say so one by one.
  bool is_repeated(const CaseResult& result) {
    if (options_.verbose || result.verdict < Verdict::blocked || !result.findings.empty()) return false;
    auto& ids = same_reason_[{result.verdict, result.reason}];
    ids.push_back(&result.id);
    return ids.size() > 1;
  }

  void add_repeated() {
    constexpr std::size_t most_named = 5;
    for (const auto& [what, ids] : same_reason_) {
      if (ids.size() < 2) continue;
      text_ += fmt::format("{} for the same reason as {} ({}), {} more:\n",
                           paint_(colour_of(what.first), base::to_string(what.first)),
                           shown(*ids[0], widest_word), shown(what.second, widest_sentence), ids.size() - 1);
      for (std::size_t i = 1; i < ids.size() && i <= most_named; ++i)
        text_ += "  " + shown(*ids[i], widest_word) + "\n";
      if (ids.size() - 1 > most_named)
        text_ += fmt::format("  ... and {} more\n", ids.size() - 1 - most_named);
      text_ += "\n";
    }
  }

  void add_unsupported() {
    std::map<std::string, std::size_t> proofs;
    for (const auto& result : run_.cases) {
      if (result.verdict == Verdict::unsupported) ++proofs[without_answer(result.reason)];
    }
    for (const auto& [proof, count] : proofs) {
      text_ += fmt::format("{}: {} ({} {})\n", paint_(Colour::dim, "unsupported"),
                           shown(proof, widest_sentence), count, count == 1 ? "case" : "cases");
    }
    if (!proofs.empty()) text_ += "\n";
  }

  void add_known() {
    const auto all = known_deviations(run_, decision_);
    for (const auto& known : all) {
      text_ += fmt::format("{}: {}: {} ({} {})\n", paint_(Colour::dim, "known"), known.place,
                           shown(known.reason, widest_sentence), known.cases.size(),
                           known.cases.size() == 1 ? "case" : "cases");
    }
    for (const auto& note : decision_.notes)
      text_ += fmt::format("{}: {}\n", paint_(Colour::yellow, "note"), shown(note, widest_sentence));
    if (!all.empty() || !decision_.notes.empty()) text_ += "\n";
  }

  void add_counts() {
    const Tally tally(run_);
    for (const auto verdict : verdict_order) {
      if (tally[verdict] == 0) continue;
      const auto sign = options_.plain ? std::string() : fmt::format("{} ", glyph(verdict));
      text_ += fmt::format(
          "  {} {:>6}\n", paint_(colour_of(verdict), fmt::format("{}{:<11}", sign, base::to_string(verdict))),
          tally[verdict]);
    }
  }

  void add_run() {
    const auto& target = run_.target;
    text_ += fmt::format("target {}", shown(target.name, widest_word));
    for (const auto* part : {&target.software, &target.version}) {
      if (!part->empty()) text_ += (part == &target.software ? ", " : " ") + shown(*part, widest_word);
    }
    if (!target.address.empty()) text_ += " at " + shown(target.address, widest_word);
    text_ += fmt::format("; suite {}; {:.3f} s\n", shown(run_.suite_version, widest_word),
                         std::chrono::duration<double>(run_.duration).count());
    if (const auto line = delta_line(run_, decision_); !line.empty()) text_ += line + "\n";
    if (!run_.shard.empty())
      text_ +=
          fmt::format("shard {} of {} planned cases\n", shown(run_.shard, widest_word), run_.plan.size());
    if (!run_.aborted.empty()) text_ += fmt::format("stopped early: {}\n", shown(run_.aborted, widest_word));
  }

  const Run& run_;
  const gate::Decision& decision_;
  const ConsoleOptions& options_;
  const Paint paint_;
  std::string text_;
  std::map<std::pair<Verdict, std::string>, std::vector<const std::string*>> same_reason_;
};

}  // namespace

std::string console(const Run& run, const gate::Decision& decision, const ConsoleOptions& options) {
  return Console(run, decision, options).text();
}

std::string summary_line(const Run& run, const gate::Decision& decision) {
  const Tally tally(run);
  auto line = fmt::format("smtpspec: {} cases:", run.cases.size());
  for (const auto verdict : verdict_order) {
    line += fmt::format("{}{} {}", verdict == verdict_order.front() ? " " : ", ", tally[verdict],
                        base::to_string(verdict));
  }
  return fmt::format("{}: {}", line, to_string(decision.exit_code));
}

}  // namespace smtpspec::report
