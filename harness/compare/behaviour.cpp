// SPDX-License-Identifier: Apache-2.0
#include "compare/behaviour.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "result/main_finding.hpp"

namespace smtpspec::compare {
namespace {

using base::TranscriptEvent;
using result::CaseResult;
using result::Finding;
using result::Session;
using Kind = TranscriptEvent::Kind;

constexpr std::size_t most_codes = 6;
constexpr std::size_t longest_detail = 60;
constexpr std::string_view no_endpoint =
    " has no endpoint ";  // of the engine's proof that a case is not for a target

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A reply code at the beginning of a text; nothing where there is none.
std::optional<std::string> leading_code(std::string_view text) {
  if (text.size() < 3 || !std::all_of(text.begin(), text.begin() + 3, is_digit)) return std::nullopt;
  if (text.size() > 3 && is_digit(text[3])) return std::nullopt;
  return std::string(text.substr(0, 3));
}

// "250, 250, 250, 221" as "250 x3, 221".
std::string in_short(const std::vector<std::string>& codes) {
  std::string text;
  std::size_t listed = 0;
  for (std::size_t i = 0; i < codes.size() && listed < most_codes; ++listed) {
    std::size_t same = 1;
    while (i + same < codes.size() && codes[i + same] == codes[i]) ++same;
    text += (text.empty() ? "" : ", ") + codes[i] + (same > 1 ? fmt::format(" x{}", same) : "");
    i += same;
    if (listed + 1 == most_codes && i < codes.size()) text += ", ...";
  }
  return text;
}

// How the engine tells of an answer: the octets of a reply, or the codes of several with commas, and then
// perhaps an end.
std::string answer_in(std::string_view actual) {
  std::vector<std::string> codes;
  auto rest = actual;
  while (auto code = leading_code(rest)) {
    codes.push_back(*code);
    rest.remove_prefix(3);
    if (!rest.starts_with(", ")) break;
    rest.remove_prefix(2);
  }
  auto text = in_short(codes);
  if (actual.find("the stream ended") != std::string_view::npos) text += text.empty() ? "closed" : ", closed";
  if (!text.empty()) return text;
  if (actual.starts_with("silence")) return "silence";
  if (actual.starts_with("a malformed reply")) return "malformed reply";
  return actual == "nothing" ? "nothing" : "";
}

// The code of the last whole reply in what was received.
std::optional<std::string> last_code(std::string_view received) {
  while (!received.empty() && (received.back() == '\n' || received.back() == '\r')) received.remove_suffix(1);
  const auto before = received.rfind('\n');
  return leading_code(before == std::string_view::npos ? received : received.substr(before + 1));
}

std::string received_between(const Session& session, std::size_t first, std::size_t end) {
  std::string bytes;
  for (auto i = first; i < std::min(end, session.events.size()); ++i) {
    if (session.events[i].kind == Kind::received) bytes += session.events[i].bytes;
  }
  return bytes;
}

// The last reply that a step got, the latest step first; of the way there where no step got any.
std::string last_answer(const Session& session) {
  auto end = session.events.size();
  for (auto step = session.steps.rbegin(); step != session.steps.rend(); ++step) {
    const bool is_closing = step->line == 0 && step->title == "closing";
    if (!is_closing) {
      if (auto code = last_code(received_between(session, step->event, end))) return *code;
    }
    end = step->event;
  }
  return {};
}

bool has_own_steps(const Session& session) {
  return std::any_of(session.steps.begin(), session.steps.end(),
                     [](const result::StepMark& step) { return step.line != 0; });
}

std::string answer_of_dialogue(const CaseResult& result) {
  for (auto session = result.sessions.rbegin(); session != result.sessions.rend(); ++session) {
    if (!has_own_steps(*session)) continue;
    if (auto answer = last_answer(*session); !answer.empty()) return answer;
  }
  return {};
}

// What is each time another: the token of the case.
std::string without_token(std::string text, const std::string& token) {
  constexpr std::size_t shortest_token = 4;
  constexpr std::string_view place_holder = "{token}";
  if (token.size() < shortest_token) return text;
  // Behind what was put in, in which a token may stand.
  for (auto at = text.find(token); at != std::string::npos; at = text.find(token, at + place_holder.size()))
    text.replace(at, token.size(), place_holder);
  return text;
}

std::string answer_of(const Finding& finding) {
  // What was said of mail is no answer on a session.
  auto answer = finding.event > 0 ? answer_in(finding.actual) : std::string();
  return answer.empty() ? finding.message : answer;
}

std::string cut_short(const std::string& text) {
  const auto end = std::min(text.find_first_of("\r\n"), longest_detail);
  return end < text.size() ? text.substr(0, end) + "..." : text;
}

// "the answer to EHLO does not list STARTTLS: 250-..." as "no STARTTLS".
std::string short_reason(const CaseResult& result) {
  if (!result.outcome.empty()) return result.outcome;
  constexpr std::string_view lacking = "the answer to EHLO does not list ";
  constexpr std::string_view prelude = "the dialogue before the first step failed at ";
  std::string_view reason = result.reason;
  if (reason.starts_with(lacking)) {
    reason.remove_prefix(lacking.size());
    return cut_short("no " + std::string(reason.substr(0, reason.find(':'))));
  }
  if (reason.starts_with(prelude)) reason.remove_prefix(prelude.size());
  if (const auto at = reason.find(no_endpoint); at != std::string_view::npos) reason.remove_prefix(at + 5);
  return cut_short(std::string(reason));
}

bool was_judged(Verdict verdict) {
  return verdict == Verdict::pass || verdict == Verdict::info || verdict == Verdict::warn ||
         verdict == Verdict::fail;
}

bool is_invariant(const CaseResult& result) {
  return result.id.starts_with("invariants/");
}

}  // namespace

const Finding* deciding_finding(const CaseResult& result) {
  const auto* worst = main_finding(result);
  if (worst == nullptr || worst->verdict >= Verdict::warn || result.outcome.empty()) return worst;
  // Where nothing is wrong the last word is the case's outcome.
  const auto last = std::find_if(result.findings.rbegin(), result.findings.rend(),
                                 [&](const Finding& one) { return one.outcome == result.outcome; });
  return last != result.findings.rend() ? &*last : worst;
}

bool was_not_played(const CaseResult& result) {
  if (result.verdict == Verdict::unsupported) return result.reason.find(no_endpoint) != std::string::npos;
  return result.verdict == Verdict::blocked && (result.unreachable || result.reason.starts_with("not run"));
}

Behaviour behaviour_of(const CaseResult& result) {
  Behaviour seen;
  seen.verdict = result.verdict;
  if (is_invariant(result)) {
    seen.detail = result.outcome;
    return seen;
  }
  if (!was_judged(result.verdict)) {
    seen.detail = short_reason(result);
    return seen;
  }
  const auto* finding = deciding_finding(result);
  const bool is_complaint = finding != nullptr && finding->verdict >= Verdict::warn;
  // The case's outcome is its last word, which need not be what a complaint is about.
  seen.label = without_token(is_complaint ? finding->outcome : result.outcome, result.token);
  seen.answer =
      without_token(finding != nullptr ? answer_of(*finding) : answer_of_dialogue(result), result.token);
  return seen;
}

bool is_same(const Behaviour& one, const Behaviour& other) {
  if (one.verdict != other.verdict || one.label != other.label) return false;
  return !one.label.empty() || one.answer == other.answer;
}

}  // namespace smtpspec::compare
