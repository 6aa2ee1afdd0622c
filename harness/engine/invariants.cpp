// SPDX-License-Identifier: Apache-2.0
#include "engine/invariants.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "result/merge.hpp"
#include "smtp/enhanced_status.hpp"

namespace smtpspec::engine {
namespace {

using smtp::ReplyFault;

constexpr std::size_t max_octets_shown = 600;

bool ends_with_cr(const smtp::Reply& reply) {
  return std::any_of(reply.lines.begin(), reply.lines.end(),
                     [](const smtp::ReplyLine& line) { return line.ending == smtp::Ending::cr; });
}

}  // namespace

struct Invariants::Description {
  const char* name;
  const char* title;
  const char* requirement;
  const char* section;
  const char* spec;
};

const Invariants::Description& Invariants::describe(Rule rule) {
  static const std::array<Description, rule_count> all{{
      {"lines-end-with-crlf", "Every line of every reply ends with CRLF", "R5321-4.2-q", "4.2", "RFC 5321"},
      {"replies-are-well-formed", "Every reply line is a code, then a hyphen, a space or the end",
       "R5321-4.2.1-d", "4.2.1", "RFC 5321"},
      {"one-code-per-reply", "All lines of a reply carry the same code", "R5321-4.2.1-g", "4.2.1",
       "RFC 5321"},
      {"code-in-range", "Every code is one of [2-5][0-5][0-9]", "R5321-4.2-f", "4.2", "RFC 5321"},
      {"code-has-text", "No reply is a bare code", "R5321-4.2-j", "4.2", "RFC 5321"},
      {"line-at-most-512", "No reply line is longer than 512 octets", "R5321-4.5.3.1.5-a", "4.5.3.1.5",
       "RFC 5321"},
      {"text-is-printable", "Reply text is printable ASCII and tabs", "R5321-4.2-e", "4.2", "RFC 5321"},
      {"enhanced-class-fits", "The class of an enhanced status code is the first digit of the reply",
       "R2034-4-c", "4", "RFC 2034"},
      {"one-enhanced-code-per-reply", "All lines of a reply begin with the same enhanced status code",
       "R2034-4-d", "4", "RFC 2034"},
      {"enhanced-codes-without-leading-zeros", "No number of an enhanced status code has leading zeros",
       "R3463-2-a", "2", "RFC 3463"},
      {"quit-gets-221", "QUIT is answered with 221", "R5321-4.1.1.10-a", "4.1.1.10", "RFC 5321"},
      {"closes-after-221", "The server closes the connection after the 221", "R5321-4.1.1.10-b", "4.1.1.10",
       "RFC 5321"},
  }};
  return all[rule];
}

// Why a rule could not be looked for where the server was heard.
std::string Invariants::why_nowhere(Rule rule) const {
  switch (rule) {
    case enhanced_class_fits:
    case enhanced_codes_without_leading_zeros:
      return enhanced_codes_offered_ ? "no reply that may carry an enhanced status code did"
                                     : "no answer to EHLO listed ENHANCEDSTATUSCODES";
    case one_enhanced_code_per_reply:
      return enhanced_codes_offered_ ? "no reply of several lines carried an enhanced status code"
                                     : "no answer to EHLO listed ENHANCEDSTATUSCODES";
    case quit_gets_221:
      return "no session ended with QUIT and a reply to it";
    case closes_after_221:
      return "no QUIT was answered with 221";
    default:
      return "no reply could be looked at";
  }
}

void Invariants::note_breach(Rule rule, const std::string& case_id, std::string octets) {
  auto& tally = tallies_[rule];
  if (++tally.broken > result::most_places) return;
  tally.places.push_back({case_id, octets.substr(0, max_octets_shown)});
}

// RFC 2034 section 4: whichever line carries a code, its class is the reply's first digit.
void Invariants::note_enhanced(const smtp::Reply& reply, const std::string& case_id) {
  for (const auto& line : reply.lines) {
    const auto status = smtp::parse_enhanced_status(line.text());
    if (!status) continue;
    ++tallies_[enhanced_class_fits].looked_at;
    if (status->status_class != reply.first_digit()) {
      note_breach(enhanced_class_fits, case_id, reply.raw());
      return;
    }
  }
}

// RFC 2034 section 4: what one line begins with, all do. A reply without any code is asked about by
// scenarios.
void Invariants::note_enhanced_of_lines(const smtp::Reply& reply, const std::string& case_id) {
  std::set<std::string> codes;
  for (const auto& line : reply.lines) {
    const auto status = smtp::parse_enhanced_status(line.text());
    codes.insert(status ? to_string(*status) : "");
  }
  const bool has_none = codes.size() == 1 && codes.contains("");
  if (reply.lines.size() < 2 || has_none) return;
  ++tallies_[one_enhanced_code_per_reply].looked_at;
  if (codes.size() > 1) note_breach(one_enhanced_code_per_reply, case_id, reply.raw());
}

// RFC 3463 section 2.
void Invariants::note_leading_zeros(const smtp::Reply& reply, const std::string& case_id) {
  for (const auto& line : reply.lines) {
    const bool is_padded = smtp::begins_with_padded_status(line.text());
    if (!is_padded && !smtp::parse_enhanced_status(line.text())) continue;
    ++tallies_[enhanced_codes_without_leading_zeros].looked_at;
    if (is_padded) return note_breach(enhanced_codes_without_leading_zeros, case_id, reply.raw());
  }
}

// Which rule a fault of a reply breaks, if any.
std::optional<Invariants::Rule> Invariants::rule_against(ReplyFault fault, const smtp::Reply& reply,
                                                         const Context& context) {
  switch (fault) {
    case ReplyFault::lf_only:
      return lines_end_with_crlf;
    case ReplyFault::bare_cr:  // within a line, as where a server echoes what it was sent
      return ends_with_cr(reply) ? lines_end_with_crlf : text_is_printable;
    case ReplyFault::no_code:
    case ReplyFault::bad_separator:
    case ReplyFault::cut_off:
      return replies_are_well_formed;
    case ReplyFault::code_changed:
      return one_code_per_reply;
    case ReplyFault::code_out_of_range:
      return code_in_range;
    case ReplyFault::bare_code:
      return code_has_text;
    case ReplyFault::line_too_long:
    case ReplyFault::endless_line:
      return line_at_most_512;
    case ReplyFault::control_character:
    case ReplyFault::nul:
      return context.answers_ehlo ? std::nullopt : std::optional(text_is_printable);
    case ReplyFault::eight_bit:
      return context.answers_ehlo || context.allows_utf8 ? std::nullopt : std::optional(text_is_printable);
    case ReplyFault::too_many_lines:
    case ReplyFault::too_many_octets:
      return std::nullopt;
  }
  return std::nullopt;
}

void Invariants::note_reply(const smtp::Reply& reply, const Context& context, const std::string& case_id) {
  for (const auto rule : {lines_end_with_crlf, replies_are_well_formed, one_code_per_reply, code_in_range,
                          code_has_text, line_at_most_512, text_is_printable}) {
    ++tallies_[rule].looked_at;
  }
  enhanced_codes_offered_ = enhanced_codes_offered_ || context.offers_enhanced_codes;
  const bool has_codes = context.offers_enhanced_codes && !context.answers_ehlo;
  if (has_codes && reply.first_digit() != 3) {
    note_enhanced(reply, case_id);
    note_enhanced_of_lines(reply, case_id);
    note_leading_zeros(reply, case_id);
  }
  std::set<Rule> broken;
  for (const auto fault : reply.faults) {
    if (const auto rule = rule_against(fault, reply, context)) broken.insert(*rule);
  }
  for (const auto rule : broken) note_breach(rule, case_id, reply.raw());
}

void Invariants::note_closing(int quit_code, bool closed, const std::string& case_id) {
  if (quit_code == 421) return;  // RFC 5321 3.8: legal at any time
  ++tallies_[quit_gets_221].looked_at;
  if (quit_code != 221) {
    note_breach(quit_gets_221, case_id, fmt::format("the code was {}", quit_code));
    return;
  }
  ++tallies_[closes_after_221].looked_at;
  if (!closed) note_breach(closes_after_221, case_id, "the stream stayed open");
}

std::vector<std::string> Invariants::ids() {
  std::vector<std::string> ids;
  for (int index = 0; index < rule_count; ++index)
    ids.push_back(std::string("invariants/") + describe(static_cast<Rule>(index)).name);
  return ids;
}

bool Invariants::server_was_heard() const {
  return std::any_of(tallies_.begin(), tallies_.end(),
                     [](const Tally& tally) { return tally.looked_at > 0; });
}

result::CaseResult Invariants::result_of(Rule rule, const Requirements& requirements) const {
  const auto& words = describe(rule);
  const auto& tally = tallies_[rule];
  scenario::Case stand_in;
  stand_in.covers = {words.requirement};
  result::CaseResult one;
  one.id = std::string("invariants/") + words.name;
  one.title = words.title;
  one.spec = words.spec;
  one.section = words.section;
  one.covers = stand_in.covers;
  if (tally.looked_at == 0) {
    one.verdict = Verdict::unsupported;
    one.reason = why_nowhere(rule);
    return one;
  }
  const std::vector<std::string> none;
  Judge judge(requirements, none, stand_in);
  for (const auto& place : tally.places) {
    result::Finding finding;
    finding.verdict = Verdict::fail;
    finding.message = "seen in " + place.case_id;
    finding.expected = words.title;
    finding.actual = place.octets;
    judge.record(std::move(finding));
  }
  one.verdict = judge.verdict();
  one.looked_at = tally.looked_at;
  one.broken = tally.broken;
  result::name_breaches(one);
  one.findings = judge.take_findings();
  one.requirement_verdicts = judge.requirement_verdicts();
  return one;
}

std::vector<result::CaseResult> Invariants::results(const Requirements& requirements) const {
  std::vector<result::CaseResult> results;
  if (!server_was_heard()) return results;
  for (int index = 0; index < rule_count; ++index)
    results.push_back(result_of(static_cast<Rule>(index), requirements));
  return results;
}

}  // namespace smtpspec::engine
