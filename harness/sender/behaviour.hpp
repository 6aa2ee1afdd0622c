// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace smtpspec::sender {

// The knobs of the sender. Every default is the RFC; defects turn them (defects.cpp). The code asks the knob
// where it matters and never learns which defect turned it.

/// From the greeting to the end of EHLO, and the end of the connection.
struct SessionBehaviour {
  bool speaks_before_greeting = false;
  bool ignores_greeting_code = false;
  bool helo_first = false;
  bool no_helo_fallback = false;
  bool nameless_hello = false;
  bool unqualified_name = false;
  std::string_view after_name;  ///< stands behind the name in EHLO
  bool quits = true;
  bool waits_for_goodbye = true;
  bool goes_on_after_421 = false;
  std::chrono::milliseconds longest_wait = std::chrono::hours(1);  ///< for any reply, less than the timeouts
};

/// How commands, paths and parameters are written, and which.
struct CommandBehaviour {
  std::string_view line_end = "\r\n";
  std::string_view after_colon;  ///< stands between FROM: or TO: and the path
  std::string_view data_argument;
  bool no_brackets = false;
  std::string_view source_route;   ///< stands before the mailbox of RCPT
  std::string_view reverse_route;  ///< stands before the mailbox of MAIL
  bool folds_local_part = false;
  bool loses_quotes = false;
  std::string_view null_sender_becomes;

  bool size_unoffered = false;
  bool body_unoffered = false;
  bool utf8_unoffered = false;
  bool dsn_unoffered = false;
  bool drops_dsn = false;
  std::string_view invented_notify;
  std::string_view invented_envid;
  bool folds_orcpt = false;
  bool says_no_size = false;
  bool size_twice = false;
  bool forgets_body = false;  ///< 8-bit content without BODY=
  bool forgets_utf8 = false;  ///< an address or header in UTF-8 without SMTPUTF8
};

/// Which commands, in which order and in which groups.
struct TransactionBehaviour {
  enum class Behind { nothing, content, quit };

  bool pipelines_unoffered = false;
  bool pipelines_after_helo = false;
  Behind behind_data = Behind::nothing;  ///< stands in the same group behind DATA
  bool last_reply_of_group_counts = false;
  bool one_recipient_each = false;
  std::size_t recipients_sent = std::numeric_limits<std::size_t>::max();  ///< those beyond get nothing
  bool ignores_recipient_limit = false;
  bool forgets_beyond_limit = false;         ///< who has no room in the first transaction gets nothing
  bool forgets_repeated_recipients = false;  ///< who was named twice gets nothing
  bool data_to_nobody = false;
  bool content_to_nobody = false;
  bool no_lone_dot = false;
  bool content_after_refusal = false;
  bool content_after_success = false;  ///< 2yz to DATA is taken for 354
  bool no_reset = false;               ///< MAIL inside a transaction
  bool sends_twice = false;
};

/// From 354 to the end of the message.
struct ContentBehaviour {
  enum class Stuffing { correct, none, twice, first_line_only };

  Stuffing stuffing = Stuffing::correct;
  std::string_view end = "\r\n.\r\n";                   ///< begins with the end of the last line
  bool takes_stray_line_ends = false;                   ///< a lone CR or LF goes out as it came
  bool takes_nul = false;                               ///< content with an octet 0 is not refused
  std::string (*alter)(std::string content) = nullptr;  ///< what becomes of the content before it is stuffed
  bool lf_line_ends = false;                            ///< on the wire, after stuffing
};

/// BDAT.
struct ChunkBehaviour {
  bool unoffered = false;
  std::size_t octets_uncounted = 0;
  bool stuffs = false;
  bool ends_with_dot = false;
  bool never_last = false;  ///< the last chunk is not marked LAST
  bool goes_on_after_refusal = false;
  bool before_replies =
      false;  ///< the first chunk stands right behind the last RCPT, also without PIPELINING
  bool no_reset_after_refusal = false;
};

/// What the message needs and the server may lack.
struct NeedBehaviour {
  bool ignores_size_limit = false;
  bool zero_is_a_limit = false;  ///< SIZE 0, and SIZE without a number
  bool ignores_eight_bit = false;
  bool ignores_utf8 = false;
  bool ignores_binary = false;  ///< binary content to a server without BINARYMIME, and by DATA
  bool binary_by_data = false;
  bool ignores_require_tls = false;
};

/// How replies are read.
struct ReplyBehaviour {
  bool lines_are_replies = false;
  bool needs_space_after_code = false;
  bool known_codes_alone = false;  ///< others are refusals
  bool only_250_succeeds = false;
  bool believes_text = false;
  bool temporary_is_permanent = false;
  bool permanent_is_temporary = false;
  bool refusal_spoils_all = false;
  bool overlooks_refused_recipients = false;
  bool too_many_is_permanent = false;  ///< 552 to the hundred-and-first RCPT
  bool keyword_case_matters = false;
  bool unknown_keyword_confuses = false;
  std::size_t keywords_read = std::numeric_limits<std::size_t>::max();
};

/// STARTTLS and AUTH.
struct SecurityBehaviour {
  bool starttls_unoffered = false;
  bool speaks_behind_starttls = false;
  bool starttls_again = false;  ///< inside TLS
  bool keeps_capabilities = false;
  bool keeps_clear_octets = false;
  bool handshake_though_refused = false;  ///< STARTTLS was not answered with 220
  bool clear_though_required = false;
  bool clear_after_failure = false;
  bool never_at_once = false;  ///< TLS that is to begin with the connection is not begun
  bool falls_back = false;     ///< where that fails, another connection does without
  bool trusts_any_certificate = false;
  bool auth_in_clear = false;
  bool plain_without_nul = false;  ///< none before the user in the response of PLAIN (RFC 4616)
  bool speaks_behind_auth = false;
  bool answers_bad_challenge = false;
};

/// What becomes of messages between attempts, and of the reports about them.
struct QueueBehaviour {
  bool never_retries = false;
  bool retries_at_once = false;
  bool resends_to_delivered = false;
  bool lost_is_delivered = false;  ///< a connection lost before the last reply
  bool lost_is_failed = false;
  bool forgets_at_end = false;   ///< whatever is queued when the process ends or reads its settings again
  bool doubles_at_end = false;   ///< whatever is queued then is there twice afterwards
  bool caches_refusals = false;  ///< a sender who was refused is not asked about again
  bool misses_loops = false;
  bool reports_nothing = false;
  bool reports_with_sender = false;
  bool reports_on_reports = false;
  bool reports_to_header_from = false;
  bool reports_despite_never = false;
  bool reports_unasked_success = false;
  bool no_relayed_reports = false;
  bool plain_reports = false;  ///< one text, no multipart/report
  bool invents_original_recipient = false;
};

struct Behaviour {
  SessionBehaviour session;
  CommandBehaviour commands;
  TransactionBehaviour transaction;
  ContentBehaviour content;
  ChunkBehaviour chunks;
  NeedBehaviour needs;
  ReplyBehaviour replies;
  SecurityBehaviour security;
  QueueBehaviour queue;
};

}  // namespace smtpspec::sender
