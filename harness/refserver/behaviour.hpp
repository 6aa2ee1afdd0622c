// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/dot_stuffing.hpp"

namespace smtpspec::refserver {

// The knobs of the server. Every default is the RFC; defects turn them (defects.cpp). Session code asks the
// knob where it matters and never learns which defect turned it.

/// From 354 to the end of the message.
struct ContentBehaviour {
  std::vector<smtp::DataEnd> false_ends;  ///< sequences which end the message besides CRLF.CRLF
  bool refuses_at_false_end = false;  ///< answers a false end with 451; what follows is commands all the same
  bool takes_bare_line_ends = false;  ///< a message with a lone CR or LF is accepted
  smtp::UnstuffMode unstuff = smtp::UnstuffMode::correct;
  bool lf_starts_line = false;                          ///< a dot after a lone LF is taken away too
  std::string (*alter)(std::string content) = nullptr;  ///< what becomes of accepted content
  bool flushes_input_after_end = false;                 ///< throws away what came with the end of data
  bool declared_size_ends_data = false;                 ///< SIZE= of MAIL is taken for the end
  bool split_end_missed = false;  ///< CRLF . CRLF counts only when its last three octets come together
  bool executes_quit = false;     ///< a line QUIT inside the content ends the session
  bool (*refuses)(const std::string& content) = nullptr;  ///< content that is refused after all
  std::size_t text_line_octets = 0;                       ///< longest text line taken, with CRLF; 0: no limit
};

/// BDAT.
struct ChunkBehaviour {
  bool leaves_octets_of_refused = false;  ///< the octets of a refused BDAT are read as commands
  bool unstuffs = false;                  ///< dots at line starts are taken away
  bool ends_at_dot = false;               ///< CRLF.CRLF ends the message inside a chunk
  bool keeps_last_alone = false;          ///< the last chunk replaces the earlier ones
  bool silent_until_last = false;         ///< chunks before the last get no reply
  bool data_may_follow = false;           ///< DATA is taken after BDAT in the same transaction
  bool refuse_empty_last = false;         ///< BDAT 0 LAST is an error
  bool binary_by_data = false;            ///< DATA is taken after BODY=BINARYMIME
  bool survive_rset = false;              ///< chunks of a transaction given up come first in the next one
};

/// What reaches the mailbox, and with which trace.
struct DeliveryBehaviour {
  unsigned copies = 1;
  bool loses_after_first = false;  ///< a session's second message and later ones are lost
  bool empty_on_loss = false;      ///< an open envelope is delivered when the connection breaks
  bool partial_on_loss = false;  ///< delivers what there is when the connection breaks inside DATA or a chunk
  bool despite_refusal = false;  ///< delivers although the answer was 5yz or 4yz
  bool loses_without_room = false;  ///< 250 to what there is no room for, and nothing is kept
  bool first_recipient_alone = false;
  bool to_refused_recipients = false;
  std::size_t max_recipients = 0;        ///< beyond so many they are accepted and get nothing; 0: no limit
  bool no_success_notification = false;  ///< NOTIFY=SUCCESS is ignored
  bool adds_received = true;
  bool received_below = false;      ///< at the end of the header block
  bool received_names_all = false;  ///< FOR with every recipient
  bool received_without_from = false;
  bool two_digit_year = false;
  bool forgets_auth_in_protocol = false;  ///< ESMTP where ESMTPA is due
  bool forgets_tls_in_protocol = false;   ///< ESMTP where ESMTPS is due
  bool forgets_lmtp_in_protocol = false;  ///< ESMTP where LMTP is due
  bool removes_old_received = false;
  bool keeps_foreign_return_path = false;
  unsigned return_paths = 1;
  bool folds_reverse_path = false;  ///< lower case for the sender's local part
};

/// Envelope, session state and the order of commands.
struct TransactionBehaviour {
  bool rset_keeps = false;
  bool ehlo_keeps = false;
  bool helo_keeps = false;
  bool bad_ehlo_resets = false;
  bool nested_mail_keeps_recipients = false;
  bool end_of_data_keeps = false;  ///< the next transaction begins with the old recipients
  bool noop_resets = false;
  bool vrfy_resets = false;
  bool refused_rcpt_resets = false;
  bool bad_mail_resets_hello = false;  ///< a refused MAIL makes it ask for EHLO again
  bool rset_resets_hello = false;
  bool rcpt_without_mail = false;
  bool data_without_recipients = false;
  bool needs_hello_for_everything = false;  ///< NOOP, RSET, VRFY, HELP too
};

/// What it accepts as commands, addresses and parameters.
struct ParsingBehaviour {
  bool verbs_in_upper_case_alone = false;
  bool keywords_in_upper_case_alone = false;  ///< FROM:, TO: and parameters
  bool domain_case_matters = false;
  bool refuses_postmaster = false;
  bool refuses_bare_postmaster = false;
  bool postmaster_case_matters = false;
  bool refuses_null_sender = false;
  bool refuses_source_routes = false;
  bool refuses_quoted_local_parts = false;
  bool refuses_trailing_space = false;
  bool refuses_utf8_paths = false;  ///< although SMTPUTF8 is offered
  bool takes_bad_paths = false;     ///< no syntax of paths is looked at
  bool takes_unknown_users = false;
  bool relays_percent = false;       ///< a%b@DOMAIN is sent on to a@b, for everybody
  bool relays_for_own_name = false;  ///< whoever gives a sender in DOMAIN may relay
  bool takes_unknown_parameters = false;
  bool takes_arguments_anywhere = false;  ///< RSET, DATA, QUIT with an argument
  bool lf_ends_command = false;
  bool cr_ends_command = false;
  bool nul_ends_command = false;      ///< what follows a NUL is the next command
  bool segment_ends_command = false;  ///< what came of a command in one segment is taken for all of it
  bool refuses_address_literals = false;
  bool takes_any_hello = false;  ///< EHLO and HELO with whatever argument, and without one
  bool takes_repeated_parameters = false;
  bool takes_bad_values = false;
  bool takes_unoffered_body = false;
  bool unknown_commands_succeed = false;
  bool vrfy_believes_everything = false;
  bool ignores_declared_size = false;
  bool ignores_actual_size = false;
  bool long_line_runs_over = false;  ///< the rest of an over-long line is read as the next command
  bool long_line_hangs = false;
  bool lmtp_takes_ehlo = false;
  std::set<std::string> refused_parameters;  ///< offered and still answered 555
};

/// A reply code that is sent in place of the right one.
struct Substitution {
  std::string_view verb;  ///< "MAIL", "." for the end of data, "greeting", ...; empty: of every command
  int code;               ///< the right one
  int instead;
};

/// How replies are written.
struct ReplyBehaviour {
  enum class Group { faithful, loses, reorders, delays };

  std::string_view line_end = "\r\n";
  std::vector<Substitution> substitutions;
  std::string_view silent_verb;    ///< is never answered
  std::string_view repeated_verb;  ///< is answered twice
  Group group = Group::faithful;   ///< replies to commands that came together
  bool mixed_codes = false;        ///< the last line of several has another code
  bool no_hyphens = false;         ///< continuation lines look like last lines
  bool wrong_enhanced_class = false;
  bool no_enhanced_codes = false;
  bool enhanced_code_once = false;     ///< on the first line of several alone
  bool padded_enhanced_codes = false;  ///< 2.01.5 for 2.1.5
  bool bare_codes = false;
  bool long_lines = false;  ///< of more than 512 octets
  bool keywords_after_helo = false;
  bool hides_help = false;   ///< HELP works and is not listed
  bool no_keywords = false;  ///< EHLO answered like HELO
  bool lmtp_one_reply = false;
  bool eight_bit_text = false;
  bool bad_keyword = false;           ///< EHLO lists a word that breaks the grammar
  bool vrfy_without_mailbox = false;  ///< 250 to VRFY names no mailbox
  bool no_host_name = false;          ///< asterisks in greeting and EHLO reply
};

/// When the connection ends.
struct ConnectionBehaviour {
  bool quit_keeps = false;
  bool quit_closes_silently = false;
  bool rset_closes = false;
  bool one_at_a_time = false;     ///< nobody is greeted before the client before them has gone
  bool bad_hello_closes = false;  ///< a refused EHLO ends the session
  bool error_closes = false;      ///< an unknown command ends the session
  bool refused_rcpt_closes = false;
  bool utf8_rcpt_closes = false;       ///< without a reply
  bool shutdown_says_nothing = false;  ///< no 421 when the server is ended
  std::string_view killing_verb;       ///< abort() of the whole process
};

/// STARTTLS and AUTH.
struct SecurityBehaviour {
  bool keeps_clear_lines = false;     ///< whole commands that came before the handshake run after it
  bool keeps_clear_fragment = false;  ///< the beginning of a command that came before it is spliced on
  bool keeps_state_over_tls = false;
  bool keeps_identity_over_tls = false;
  bool offers_starttls_in_tls = false;
  bool refuses_starttls = false;
  bool takes_any_password = false;
  bool auth_twice = false;
  bool auth_in_transaction = false;
  bool ignores_cancel = false;
  bool skips_bad_base64 = false;
  bool chatty_challenge = false;  ///< text instead of the empty challenge
  bool closes_after_failure = false;
  bool ignores_initial_response = false;
  bool takes_any_initial_response = false;  ///< also where the server speaks first
  bool greets_after_tls = false;
};

struct Behaviour {
  ContentBehaviour content;
  ChunkBehaviour chunks;
  DeliveryBehaviour delivery;
  TransactionBehaviour transaction;
  ParsingBehaviour parsing;
  ReplyBehaviour replies;
  ConnectionBehaviour connection;
  SecurityBehaviour security;
};

}  // namespace smtpspec::refserver
