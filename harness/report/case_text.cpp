// SPDX-License-Identifier: Apache-2.0
#include "report/case_text.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "base/display.hpp"
#include "base/shell_word.hpp"
#include "report/dialogue.hpp"
#include "report/interop_grid.hpp"
#include "report/shown.hpp"
#include "result/main_finding.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using result::CaseResult;
using result::Finding;
using result::Run;
using result::Session;

constexpr std::size_t widest_word = 200;      // an id, a name
constexpr std::size_t widest_sentence = 500;  // a message, a proof
constexpr std::size_t widest_answer = 2000;   // expected, actual
constexpr std::size_t widest_line = 400;      // of a scenario, a log, a delivered message
constexpr std::size_t tail_lines = 20;        // of a log, a delivered message
constexpr std::size_t most_messages = 3;

std::string labelled(std::string_view label, std::string_view text) {
  return text.empty() ? std::string() : fmt::format("{:<10}{}\n", label, text);
}

// --- The scenario ---

const std::string* source_line(const CaseResult& result, std::uint32_t line) {
  const auto first = result.position.line;
  if (line == 0 || line < first || line - first >= result.source_lines.size()) return nullptr;
  return &result.source_lines[line - first];
}

std::string place_of(const CaseResult& result, std::uint32_t line, std::uint32_t column) {
  auto place = base::show_source(result.position.file);
  if (line == 0) line = result.position.line;
  if (line != 0) place += fmt::format(":{}", line);
  return column != 0 ? place + fmt::format(":{}", column) : place;
}

// The caret is placed by what is shown left of it, so that a tab does not shift it.
std::string excerpt(const CaseResult& result, const Finding& finding, const Paint& paint) {
  const auto* line = source_line(result, finding.line);
  if (line == nullptr) return {};
  auto text = fmt::format("{:>5} | {}\n", finding.line,
                          base::show_source(std::string_view(*line).substr(0, widest_line)));
  if (finding.column == 0 || finding.column > widest_line) return text;
  const auto before = base::show_source(std::string_view(*line).substr(0, finding.column - 1));
  const std::string margin(base::display_width(before), ' ');
  return text + fmt::format("      | {}{}\n", margin, paint(Colour::red, "^"));
}

// --- The requirements ---

std::string requirement_text(const Run& run, const std::string& id) {
  const auto found = std::find_if(run.requirements.begin(), run.requirements.end(),
                                  [&](const base::Requirement& requirement) { return requirement.id == id; });
  if (found == run.requirements.end()) return shown(id, widest_word);
  return fmt::format("{} {}, RFC {} section {}: {}", shown(id, widest_word), shown(found->level, widest_word),
                     shown(found->rfc, widest_word), shown(found->section, widest_word),
                     shown(found->gist, widest_sentence));
}

std::string requirements_text(const Run& run, const std::vector<std::string>& ids, const Paint& paint) {
  std::string text;
  for (const auto& id : ids) text += labelled("requires", paint(Colour::bold, requirement_text(run, id)));
  return text;
}

// --- The findings ---

// Below the message, which stands in the line before.
std::string finding_details(const Run& run, const CaseResult& result, const Finding& finding,
                            const Paint& paint) {
  return place_of(result, finding.line, finding.column) + "\n" + excerpt(result, finding, paint) +
         labelled("expected", shown(finding.expected, widest_answer)) +
         labelled("actual", shown(finding.actual, widest_answer)) +
         labelled("outcome", shown(finding.outcome, widest_sentence)) +
         requirements_text(run, finding.requirements.empty() ? result.covers : finding.requirements, paint);
}

std::string also_found(const Run& run, const CaseResult& result, const Finding& finding, const Paint& paint) {
  return fmt::format("also {}: {}\n", base::to_string(finding.verdict),
                     shown(finding.message, widest_sentence)) +
         indented(finding_details(run, result, finding, paint), 2);
}

std::string more_times(std::size_t times) {
  return times == 0 ? "" : labelled("again", fmt::format("{} more {}", times, times == 1 ? "time" : "times"));
}

struct Found {
  std::string text;
  std::size_t more = 0;
};

// A step that is repeated may find the same each time: that is said once, and how often.
std::vector<Found> without_repetitions(const std::vector<std::string>& texts) {
  std::vector<Found> all;
  for (const auto& text : texts) {
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const Found& one) { return one.text == text; });
    if (known == all.end())
      all.push_back({text});
    else
      ++known->more;
  }
  return all;
}

// The main one stands above already; how often it was found is said here.
std::string other_findings(const Run& run, const CaseResult& result, const Paint& paint) {
  const auto* main = main_finding(result);
  if (main == nullptr) return {};
  std::vector<std::string> texts{also_found(run, result, *main, paint)};
  for (const auto& finding : result.findings) {
    if (&finding != main) texts.push_back(also_found(run, result, finding, paint));
  }
  const auto all = without_repetitions(texts);
  std::string text = more_times(all.front().more);
  for (std::size_t i = 1; i < all.size(); ++i) text += all[i].text + indented(more_times(all[i].more), 2);
  return text;
}

// --- What was said, and what was left behind ---

bool is_said_in(const Finding* finding, const Session& session) {
  return finding != nullptr && finding->session == session.name;
}

// The session of the main finding; where no step is to blame, the last one in which anything happened.
const Session* main_session(const CaseResult& result) {
  const auto* finding = main_finding(result);
  const Session* chosen = nullptr;
  for (const auto& session : result.sessions) {
    if (is_said_in(finding, session)) return &session;
    if (!session.events.empty()) chosen = &session;
  }
  return chosen;
}

std::string session_text(const CaseResult& result, const Session& session, bool whole, const Paint& paint) {
  DialogueOptions options;
  options.whole = whole;
  const auto* finding = main_finding(result);
  if (is_said_in(finding, session) && finding->event != 0) options.judged_at = finding->event;
  return dialogue_text(session, options, paint);
}

std::string dialogues(const CaseResult& result, bool whole, const Paint& paint) {
  if (!whole) {
    const auto* session = main_session(result);
    return session == nullptr ? std::string() : session_text(result, *session, false, paint);
  }
  std::string text;
  for (const auto& session : result.sessions) text += session_text(result, session, true, paint);
  return text;
}

std::string some_lines(std::string_view text, std::size_t first, std::size_t last_wanted) {
  const auto lines = shown_lines(text, widest_line);
  const auto skipped = last_wanted == 0 || lines.size() <= last_wanted ? 0 : lines.size() - last_wanted;
  const auto end = first == 0 ? lines.size() : std::min(first, lines.size());
  std::string out;
  if (skipped > 0) out += fmt::format("  ... ({} lines before)\n", skipped);
  for (auto i = skipped; i < end; ++i) out += "  " + lines[i] + "\n";
  if (end < lines.size()) out += fmt::format("  ... ({} more lines)\n", lines.size() - end);
  return out;
}

std::string delivered_text(const CaseResult& result, bool whole) {
  std::string text;
  const auto shown_messages =
      whole ? result.delivered.size() : std::min(result.delivered.size(), most_messages);
  for (std::size_t i = 0; i < shown_messages; ++i) {
    const auto& message = result.delivered[i];
    text += fmt::format("delivered message {} of {}, {} octets:\n", i + 1, result.delivered.size(),
                        message.size());
    text += some_lines(message, whole ? 0 : tail_lines, 0);
  }
  return text;
}

std::string log_text(const CaseResult& result, bool whole) {
  if (result.server_log.empty()) return {};
  return "server log:\n" + some_lines(result.server_log, 0, whole ? 0 : tail_lines);
}

std::string option_text(const Run& run, const std::string& name) {
  const auto found = run.options.find(name);
  return found == run.options.end() || found->second.empty()
             ? ""
             : fmt::format(" --{} {}", name, base::shell_word(found->second));
}

std::string quoted_words(const Run& run, const std::string& option) {
  std::string text;
  const auto found = run.options.find(option);
  std::istringstream words(found == run.options.end() ? std::string() : found->second);
  for (std::string word; words >> word;) text += " " + base::shell_word(word);
  return text;
}

std::string flag_text(const Run& run, const std::string& name) {
  return run.options.contains(name) ? " --" + name : "";
}

// Timeouts as they were, where somebody had changed them.
std::string patience_text(const Run& run) {
  const auto found = run.options.find("timeout-multiplier");
  return found == run.options.end() || found->second == "1" ? "" : option_text(run, found->first);
}

// An invariant is looked for in every reply of a run: it comes again with what was chosen then.
std::string cases_to_run_again(const Run& run, const CaseResult& result) {
  if (result.id.starts_with("invariants/")) return quoted_words(run, "selection");
  return quoted_words(run, "own scenarios") + " " + base::shell_word(result.id);
}

// Where no step is to blame, the second line still names the place.
std::string main_details(const Run& run, const CaseResult& result, const Paint& paint) {
  if (const auto* finding = main_finding(result)) return finding_details(run, result, *finding, paint);
  return case_place(result) + "\n" + labelled("outcome", shown(result.outcome, widest_sentence)) +
         requirements_text(run, result.covers, paint);
}

// What the message does not already say.
std::string more_reasons(const CaseResult& result, const gate::CaseDecision& decision) {
  std::string text;
  if (main_finding(result) != nullptr) text += labelled("reason", shown(result.reason, widest_answer));
  const bool is_said = decision.delta == gate::Delta::unexpected_pass;
  return text + (is_said ? std::string() : labelled("gate", shown(decision.reason, widest_sentence))) +
         labelled("why", shown(result.why, widest_answer));
}

// One message of one pair.
std::string rerun_of_pair(const Run& run, const CaseResult& result) {
  const auto [sender, receiver, message] = interop_id(result.id);
  const auto word = [&](const std::string& name) {
    const auto typed = run.options.find("server " + name);
    return typed == run.options.end() ? name : typed->second;
  };
  return "smtpspec interop --sender " + word(sender) + " --receiver " + word(receiver) + " --message " +
         message + option_text(run, "defect") + option_text(run, "data") + patience_text(run);
}

}  // namespace

std::string case_message(const CaseResult& result, const gate::CaseDecision& decision) {
  if (decision.delta == gate::Delta::unexpected_pass)
    return fmt::format("unexpected pass: {}", shown(decision.reason, widest_sentence));
  const auto* finding = main_finding(result);
  if (finding != nullptr && !finding->message.empty()) return shown(finding->message, widest_sentence);
  for (const auto* text : {&result.reason, &result.outcome, &result.title}) {
    if (!text->empty()) return shown(*text, widest_sentence);
  }
  return std::string(base::to_string(result.verdict));
}

std::string case_place(const CaseResult& result) {
  const auto* finding = main_finding(result);
  return place_of(result, finding != nullptr ? finding->line : 0, 0);
}

std::string rerun_command(const Run& run, const CaseResult& result) {
  if (is_interop(run)) return base::show_source(rerun_of_pair(run, result));
  const auto word = run.options.find("command");
  auto command = "smtpspec " + (word == run.options.end() ? "run" : word->second) +
                 (run.target.argument.empty() ? "" : " " + run.target.argument) + option_text(run, "data") +
                 option_text(run, "client") + option_text(run, "profile") + flag_text(run, "slow") +
                 patience_text(run) + cases_to_run_again(run, result);
  return base::show_source(command);
}

std::string case_text(const Run& run, const CaseResult& result, const gate::CaseDecision& decision,
                      const CaseTextOptions& options, const Paint& paint) {
  auto text = case_message(result, decision) + "\n" + main_details(run, result, paint) +
              more_reasons(result, decision) + other_findings(run, result, paint);
  if (options.dialogue) {
    text += dialogues(result, options.whole, paint) + delivered_text(result, options.whole) +
            log_text(result, options.whole);
  }
  return text + labelled("run again", rerun_command(run, result));
}

}  // namespace smtpspec::report
