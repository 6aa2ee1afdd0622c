// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/judge.hpp"
#include "result/model.hpp"
#include "smtp/reply.hpp"

namespace smtpspec::engine {

/// Rules that every reply must keep, looked for in every reply of every case. Each becomes a case of its own
/// over the whole run, `invariants/<name>`; the case in which a breach was noticed doesn't fail by it.
class Invariants {
 public:
  /// What is known of a reply besides its octets.
  struct Context {
    bool answers_ehlo = false;           ///< its first line's text is free
    bool offers_enhanced_codes = false;  ///< the session's EHLO answer lists ENHANCEDSTATUSCODES
    bool allows_utf8 = false;            ///< ... SMTPUTF8 (RFC 6531 3.7.4)
  };

  void note_reply(const smtp::Reply& reply, const Context& context, const std::string& case_id);

  /// How a session ended to which the harness said QUIT.
  void note_closing(int quit_code, bool closed, const std::string& case_id);

  /// The ids of all rules, in the order of their results.
  static std::vector<std::string> ids();

  /// One result for each rule, unsupported where nothing told of it; the catalogue caps the verdicts. None at
  /// all where no server was heard: the target is a client, or nobody reached it.
  std::vector<result::CaseResult> results(const Requirements& requirements) const;

 private:
  enum Rule {
    lines_end_with_crlf,
    replies_are_well_formed,
    one_code_per_reply,
    code_in_range,
    code_has_text,
    line_at_most_512,
    text_is_printable,
    enhanced_class_fits,
    one_enhanced_code_per_reply,
    enhanced_codes_without_leading_zeros,
    quit_gets_221,
    closes_after_221,
    rule_count,
  };
  struct Breach {
    std::string case_id;
    std::string octets;
  };
  struct Tally {
    std::size_t looked_at = 0;
    std::size_t broken = 0;
    std::vector<Breach> places;  ///< the first ones
  };
  struct Description;
  static const Description& describe(Rule rule);

  bool server_was_heard() const;
  std::string why_nowhere(Rule rule) const;
  result::CaseResult result_of(Rule rule, const Requirements& requirements) const;
  static std::optional<Rule> rule_against(smtp::ReplyFault fault, const smtp::Reply& reply,
                                          const Context& context);
  void note_breach(Rule rule, const std::string& case_id, std::string octets);
  void note_enhanced(const smtp::Reply& reply, const std::string& case_id);
  void note_enhanced_of_lines(const smtp::Reply& reply, const std::string& case_id);
  void note_leading_zeros(const smtp::Reply& reply, const std::string& case_id);

  std::array<Tally, rule_count> tallies_;
  bool enhanced_codes_offered_ = false;
};

}  // namespace smtpspec::engine
