// SPDX-License-Identifier: Apache-2.0
#include "sender/defects.hpp"

#include "sender/behaviour.hpp"
#include "sender/content_damage.hpp"

namespace smtpspec::sender {

namespace {

using Stuffing = ContentBehaviour::Stuffing;
using Behind = TransactionBehaviour::Behind;

// clang-format off
const std::vector<Defect> table = {
    // The session (RFC 5321 3.1, 3.2, 3.8, 4.1.1.1, 4.1.1.10).
    {"greeting-not-awaited", "EHLO is sent before the greeting", [](Behaviour& b) { b.session.speaks_before_greeting = true; }},
    {"greeting-code-ignored", "a greeting of 421, 521 or 554 is taken for 220", [](Behaviour& b) {
       b.session.ignores_greeting_code = true;
       b.session.goes_on_after_421 = true; }},
    {"helo-first", "HELO is sent and EHLO never", [](Behaviour& b) { b.session.helo_first = true; }},
    {"no-helo-fallback", "a server without EHLO gets no mail", [](Behaviour& b) { b.session.no_helo_fallback = true; }},
    {"ehlo-without-name", "EHLO has no argument", [](Behaviour& b) { b.session.nameless_hello = true; }},
    {"ehlo-name-unqualified", "EHLO names the host without its domain", [](Behaviour& b) { b.session.unqualified_name = true; }},
    {"ehlo-with-comment", "more follows the name in EHLO", [](Behaviour& b) { b.session.after_name = " (smtpspec)"; }},
    {"no-quit", "the connection is closed without QUIT", [](Behaviour& b) { b.session.quits = false; }},
    {"closes-before-221", "the connection is closed behind QUIT, without waiting for the reply", [](Behaviour& b) { b.session.waits_for_goodbye = false; }},
    {"impatient", "no reply is waited for longer than a second", [](Behaviour& b) { b.session.longest_wait = std::chrono::seconds(1); }},
    {"goes-on-after-421", "421 is taken for an ordinary refusal and the session goes on", [](Behaviour& b) { b.session.goes_on_after_421 = true; }},

    // Commands and paths (RFC 5321 2.3.8, 2.4, 3.3, 4.1.1, 4.1.2).
    {"lf-ends-commands", "command lines end with LF alone", [](Behaviour& b) { b.commands.line_end = "\n"; }},
    {"crcrlf-ends-commands", "command lines end with CR CR LF", [](Behaviour& b) { b.commands.line_end = "\r\r\n"; }},
    {"space-after-colon", "a space follows FROM: and TO:", [](Behaviour& b) { b.commands.after_colon = " "; }},
    {"no-angle-brackets", "paths have no brackets", [](Behaviour& b) { b.commands.no_brackets = true; }},
    {"source-route-sent", "RCPT has a source route", [](Behaviour& b) { b.commands.source_route = "@hop.example.test:"; }},
    {"source-route-in-mail", "MAIL has a source route", [](Behaviour& b) { b.commands.reverse_route = "@hop.example.test:"; }},
    {"local-part-folded", "local parts are sent in lower case", [](Behaviour& b) { b.commands.folds_local_part = true; }},
    {"quotes-lost", "a quoted local part loses its quotes", [](Behaviour& b) { b.commands.loses_quotes = true; }},
    {"null-sender-replaced", "the null reverse-path becomes <postmaster@...>", [](Behaviour& b) { b.commands.null_sender_becomes = "postmaster@sender.example.test"; }},
    {"data-with-argument", "DATA has an argument", [](Behaviour& b) { b.commands.data_argument = " 8BIT"; }},

    // Parameters (RFC 5321 4.1.1.3, RFC 1870, RFC 6152, RFC 6531, RFC 3461 5.2).
    {"size-unoffered", "SIZE= is sent to a server that doesn't offer SIZE", [](Behaviour& b) { b.commands.size_unoffered = true; }},
    {"body-unoffered", "BODY= is sent to a server that doesn't offer 8BITMIME", [](Behaviour& b) { b.commands.body_unoffered = true; }},
    {"smtputf8-unoffered", "the parameter SMTPUTF8 is always sent", [](Behaviour& b) { b.commands.utf8_unoffered = true; }},
    {"dsn-unoffered", "RET, ENVID, NOTIFY, ORCPT are sent to a server that doesn't offer DSN", [](Behaviour& b) { b.commands.dsn_unoffered = true; }},
    {"dsn-parameters-lost", "RET, ENVID, NOTIFY, ORCPT of the submission are not passed on", [](Behaviour& b) { b.commands.drops_dsn = true; }},
    {"notify-invented", "NOTIFY is sent although the submission had none", [](Behaviour& b) { b.commands.invented_notify = "FAILURE"; }},
    {"envid-invented", "ENVID is sent although the submission had none", [](Behaviour& b) { b.commands.invented_envid = "smtpspec"; }},
    {"orcpt-folded", "ORCPT is passed on in lower case", [](Behaviour& b) { b.commands.folds_orcpt = true; }},
    {"size-twice", "SIZE= is sent twice in one MAIL", [](Behaviour& b) { b.commands.size_twice = true; }},
    {"body-forgotten", "8-bit content is sent without BODY=8BITMIME", [](Behaviour& b) { b.commands.forgets_body = true; }},
    {"smtputf8-forgotten", "an address or header in UTF-8 is sent without the parameter SMTPUTF8", [](Behaviour& b) { b.commands.forgets_utf8 = true; }},
    {"size-limit-ignored", "a message above the limit that SIZE tells is sent, without a word about its size", [](Behaviour& b) {
       b.needs.ignores_size_limit = true;
       b.commands.says_no_size = true; }},
    {"size-zero-is-a-limit", "SIZE 0, and SIZE without a number, are taken for a limit of no octets", [](Behaviour& b) { b.needs.zero_is_a_limit = true; }},
    {"eight-bit-unoffered", "8-bit content is sent to a server that doesn't offer 8BITMIME", [](Behaviour& b) { b.needs.ignores_eight_bit = true; }},
    {"utf8-address-unoffered", "UTF-8 addresses are sent to a server that doesn't offer SMTPUTF8", [](Behaviour& b) {
       b.needs.ignores_utf8 = true;
       b.needs.ignores_eight_bit = true; }},
    {"requiretls-ignored", "mail that has to be protected is sent without TLS and without REQUIRETLS", [](Behaviour& b) { b.needs.ignores_require_tls = true; }},

    // Groups and transactions (RFC 2920 3.1, RFC 5321 3.3, 4.1.4, 4.3.1, 4.5.4.1).
    {"pipelines-unoffered", "commands are grouped although PIPELINING is not offered", [](Behaviour& b) { b.transaction.pipelines_unoffered = true; }},
    {"pipelines-after-helo", "commands are grouped after HELO", [](Behaviour& b) { b.transaction.pipelines_after_helo = true; }},
    {"content-behind-data", "the content is sent in one group with DATA, before 354", [](Behaviour& b) { b.transaction.behind_data = Behind::content; }},
    {"quit-behind-data", "QUIT is sent in one group with DATA", [](Behaviour& b) { b.transaction.behind_data = Behind::quit; }},
    {"last-reply-of-group-counts", "of the replies to a group only that to DATA is looked at", [](Behaviour& b) { b.transaction.last_reply_of_group_counts = true; }},
    {"transaction-for-every-recipient", "each recipient gets a transaction of its own", [](Behaviour& b) { b.transaction.one_recipient_each = true; }},
    {"recipients-beyond-100-forgotten", "the hundred-and-first recipient and later ones get nothing", [](Behaviour& b) {
       b.transaction.ignores_recipient_limit = true;
       b.transaction.recipients_sent = 100; }},
    {"recipients-beyond-rcptmax-forgotten", "the recipients beyond those that RCPTMAX lets into one transaction get nothing", [](Behaviour& b) { b.transaction.forgets_beyond_limit = true; }},
    {"recipient-named-twice-forgotten", "a recipient that was named twice gets nothing", [](Behaviour& b) { b.transaction.forgets_repeated_recipients = true; }},
    {"recipient-limit-ignored", "all recipients go into one transaction, whatever LIMITS says", [](Behaviour& b) { b.transaction.ignores_recipient_limit = true; }},
    {"data-to-nobody", "DATA is sent although every recipient was refused", [](Behaviour& b) { b.transaction.data_to_nobody = true; }},
    {"content-to-nobody", "354 gets the content although every recipient was refused", [](Behaviour& b) { b.transaction.content_to_nobody = true; }},
    {"no-lone-dot", "354 is not answered when every recipient was refused", [](Behaviour& b) { b.transaction.no_lone_dot = true; }},
    {"content-after-refused-data", "the content is sent although DATA was refused", [](Behaviour& b) {
       b.transaction.content_after_refusal = true;
       b.transaction.content_to_nobody = true; }},
    {"content-after-250-to-data", "250 to DATA is taken for 354", [](Behaviour& b) { b.transaction.content_after_success = true; }},
    {"reset-forgotten", "MAIL is sent inside an open transaction", [](Behaviour& b) { b.transaction.no_reset = true; }},
    {"message-sent-twice", "an accepted message is sent once more", [](Behaviour& b) { b.transaction.sends_twice = true; }},

    // Content (RFC 5321 2.3.8, 4.1.1.4, 4.4, 4.5.2, 6.4).
    {"dots-not-stuffed", "dots at the start of a line are not doubled", [](Behaviour& b) { b.content.stuffing = Stuffing::none; }},
    {"dots-stuffed-twice", "dots at the start of a line are tripled", [](Behaviour& b) { b.content.stuffing = Stuffing::twice; }},
    {"dots-stuffed-on-first-line-only", "only the first line is stuffed", [](Behaviour& b) { b.content.stuffing = Stuffing::first_line_only; }},
    {"ends-with-lf-dot-lf", "the content ends with LF . LF", [](Behaviour& b) { b.content.end = "\n.\n"; }},
    {"ends-with-lf-dot-crlf", "the content ends with LF . CRLF", [](Behaviour& b) { b.content.end = "\n.\r\n"; }},
    {"ends-with-crlf-dot-lf", "the content ends with CRLF . LF", [](Behaviour& b) { b.content.end = "\r\n.\n"; }},
    {"empty-line-added", "an empty line stands before the final dot", [](Behaviour& b) { b.content.alter = add_empty_line; }},
    {"lf-ends-content-lines", "lines of the content end with LF alone", [](Behaviour& b) { b.content.lf_line_ends = true; }},
    {"content-cut-at-nul", "the content ends at its first octet 0", [](Behaviour& b) {
       b.content.takes_nul = true;
       b.content.alter = cut_at_nul; }},
    {"stray-line-ends-sent", "a lone CR or LF of the submission is sent as it is", [](Behaviour& b) { b.content.takes_stray_line_ends = true; }},
    {"content-cut-at-dot-line", "what follows a line with a single dot is lost", [](Behaviour& b) { b.content.alter = cut_at_dot_line; }},
    {"strips-eighth-bit", "octets lose their high bit", [](Behaviour& b) {
       b.content.alter = strip_eighth_bit;
       b.needs.ignores_eight_bit = true; }},
    {"folds-long-lines", "a CRLF is inserted after 200 octets of a line", [](Behaviour& b) { b.content.alter = fold_long_lines; }},
    {"cuts-long-lines", "what exceeds 500 octets of a line is lost", [](Behaviour& b) { b.content.alter = cut_long_lines; }},
    {"loses-trailing-space", "white space at the end of lines is lost", [](Behaviour& b) { b.content.alter = trim_lines; }},
    {"quotes-from-lines", "`From ` at the start of a line becomes `>From `", [](Behaviour& b) { b.content.alter = quote_from_lines; }},
    {"header-field-added", "a field is added to the header", [](Behaviour& b) { b.content.alter = add_header_field; }},
    {"header-unfolded", "folded fields of the header are joined", [](Behaviour& b) { b.content.alter = unfold_header; }},
    {"return-path-sent", "a Return-Path field is added", [](Behaviour& b) { b.content.alter = add_return_path; }},
    {"bcc-removed", "a Bcc field is removed", [](Behaviour& b) { b.content.alter = remove_bcc; }},
    {"received-removed", "Received fields are removed", [](Behaviour& b) { b.content.alter = remove_received; }},

    // BDAT (RFC 3030).
    {"bdat-unoffered", "BDAT is sent to a server that doesn't offer CHUNKING", [](Behaviour& b) { b.chunks.unoffered = true; }},
    {"bdat-counts-short", "BDAT counts two octets too few", [](Behaviour& b) { b.chunks.octets_uncounted = 2; }},
    {"bdat-stuffs-dots", "dots at line starts of a chunk are doubled", [](Behaviour& b) { b.chunks.stuffs = true; }},
    {"bdat-ends-with-dot", "the last chunk ends with a dot on a line", [](Behaviour& b) { b.chunks.ends_with_dot = true; }},
    {"bdat-never-last", "no chunk is marked LAST, and the reply to the last one is taken for that to the message", [](Behaviour& b) { b.chunks.never_last = true; }},
    {"bdat-goes-on-after-refusal", "chunks follow a refused one", [](Behaviour& b) { b.chunks.goes_on_after_refusal = true; }},
    {"bdat-before-replies", "the first chunk is sent right behind the last RCPT, whether PIPELINING is offered or not", [](Behaviour& b) { b.chunks.before_replies = true; }},
    {"no-reset-after-bdat", "RSET is not sent after a refused chunk", [](Behaviour& b) { b.chunks.no_reset_after_refusal = true; }},
    {"sends-binary-by-data", "binary content is sent by DATA", [](Behaviour& b) { b.needs.binary_by_data = true; }},
    {"binary-unoffered", "binary content is sent to a server that doesn't offer BINARYMIME", [](Behaviour& b) {
       b.needs.ignores_binary = true;
       b.needs.ignores_eight_bit = true; }},

    // How replies are read (RFC 5321 4.2, 4.2.1, 4.3.2, 4.5.3.1.10).
    {"lines-read-as-replies", "each line of a reply is taken for a reply", [](Behaviour& b) { b.replies.lines_are_replies = true; }},
    {"code-alone-misread", "a code without a space and text is no reply", [](Behaviour& b) { b.replies.needs_space_after_code = true; }},
    {"unknown-code-refused", "codes that RFC 5321 doesn't list are taken for 5yz", [](Behaviour& b) { b.replies.known_codes_alone = true; }},
    {"251-taken-as-refusal", "251 and other successes above 250 are taken for refusals", [](Behaviour& b) { b.replies.only_250_succeeds = true; }},
    {"text-decides", "a success with words like `error` in its text is taken for a refusal", [](Behaviour& b) { b.replies.believes_text = true; }},
    {"temporary-taken-as-permanent", "mail that got 4yz is bounced", [](Behaviour& b) { b.replies.temporary_is_permanent = true; }},
    {"permanent-taken-as-temporary", "mail that got 5yz is tried again", [](Behaviour& b) { b.replies.permanent_is_temporary = true; }},
    {"one-refusal-spoils-all", "a refused recipient takes the mail from all others", [](Behaviour& b) { b.replies.refusal_spoils_all = true; }},
    {"refused-recipient-overlooked", "a refused recipient counts as served", [](Behaviour& b) { b.replies.overlooks_refused_recipients = true; }},
    {"too-many-taken-as-permanent", "a recipient that got 552 because there were too many is bounced", [](Behaviour& b) { b.replies.too_many_is_permanent = true; }},
    {"keyword-case-matters", "keywords of EHLO in lower case are overlooked", [](Behaviour& b) { b.replies.keyword_case_matters = true; }},
    {"unknown-keyword-confuses", "a keyword that is not registered makes it overlook the others", [](Behaviour& b) { b.replies.unknown_keyword_confuses = true; }},
    {"many-keywords-overlooked", "of the keywords of EHLO the first eight are read", [](Behaviour& b) { b.replies.keywords_read = 8; }},

    // STARTTLS and AUTH (RFC 3207, RFC 4954).
    {"starttls-unoffered", "STARTTLS is sent to a server that doesn't offer it", [](Behaviour& b) { b.security.starttls_unoffered = true; }},
    {"ehlo-behind-starttls", "EHLO is sent in one group with STARTTLS", [](Behaviour& b) { b.security.speaks_behind_starttls = true; }},
    {"handshake-though-starttls-refused", "the handshake begins although STARTTLS was refused", [](Behaviour& b) { b.security.handshake_though_refused = true; }},
    {"starttls-inside-tls", "STARTTLS is sent again inside TLS", [](Behaviour& b) {
       b.security.starttls_again = true;
       b.security.starttls_unoffered = true; }},
    {"capabilities-kept-over-tls", "EHLO is not sent again inside TLS", [](Behaviour& b) { b.security.keeps_capabilities = true; }},
    {"clear-octets-kept-over-tls", "a reply sent in the clear behind the 220 of STARTTLS is read inside TLS", [](Behaviour& b) { b.security.keeps_clear_octets = true; }},
    {"clear-though-tls-required", "mail is sent in the clear although TLS is required", [](Behaviour& b) { b.security.clear_though_required = true; }},
    {"clear-after-failed-handshake", "the session goes on in the clear after a failed handshake", [](Behaviour& b) {
       b.security.clear_after_failure = true;
       b.security.clear_though_required = true; }},
    {"implicit-tls-not-begun", "where TLS is to begin with the connection the greeting is awaited in the clear, and the password and the mail are sent there", [](Behaviour& b) {
       b.security.never_at_once = true;
       b.security.auth_in_clear = true;
       b.security.clear_though_required = true; }},
    {"implicit-tls-falls-back", "where TLS does not come about from the first octet another connection is made and the mail sent in the clear", [](Behaviour& b) {
       b.security.falls_back = true;
       b.security.clear_though_required = true; }},
    {"any-certificate-trusted", "a certificate that is not trusted is good enough where it must be", [](Behaviour& b) { b.security.trusts_any_certificate = true; }},
    {"password-in-clear", "AUTH PLAIN is sent without TLS", [](Behaviour& b) {
       b.security.auth_in_clear = true;
       b.security.clear_though_required = true; }},
    {"plain-lacks-first-nul", "the response of PLAIN begins with the user, and not with a NUL", [](Behaviour& b) { b.security.plain_without_nul = true; }},
    {"auth-not-awaited", "another command is sent in one group behind AUTH", [](Behaviour& b) { b.security.speaks_behind_auth = true; }},
    {"bad-challenge-answered", "a challenge that is no base64 is answered with the password", [](Behaviour& b) { b.security.answers_bad_challenge = true; }},

    // The queue, and reports (RFC 5321 3.6.3, 4.5.4.1, 4.5.5, 6.1, 6.3, RFC 3461 5.2).
    {"never-retries", "mail that got 4yz is lost", [](Behaviour& b) { b.queue.never_retries = true; }},
    {"retries-at-once", "mail that got 4yz is tried again without a pause", [](Behaviour& b) { b.queue.retries_at_once = true; }},
    {"resends-to-delivered", "a retry goes to all recipients, also to those that were served", [](Behaviour& b) { b.queue.resends_to_delivered = true; }},
    {"lost-before-250-taken-as-delivered", "a connection lost between the final dot and its reply counts as 250", [](Behaviour& b) { b.queue.lost_is_delivered = true; }},
    {"lost-connection-bounced", "mail is bounced when a connection is lost or can't be made", [](Behaviour& b) { b.queue.lost_is_failed = true; }},
    {"queue-lost-at-end", "what is queued is forgotten when the sender is ended or reloaded", [](Behaviour& b) { b.queue.forgets_at_end = true; }},
    {"queue-doubled-at-end", "what is queued when the sender is ended or reloaded is sent twice afterwards", [](Behaviour& b) { b.queue.doubles_at_end = true; }},
    {"refusal-cached", "a sender that was refused once gets all later mail back untried", [](Behaviour& b) { b.queue.caches_refusals = true; }},
    {"loop-overlooked", "mail with more than a hundred Received fields is sent on", [](Behaviour& b) { b.queue.misses_loops = true; }},
    {"no-bounce", "mail that failed is lost without a report", [](Behaviour& b) { b.queue.reports_nothing = true; }},
    {"bounce-with-sender", "reports have a reverse-path", [](Behaviour& b) { b.queue.reports_with_sender = true; }},
    {"bounce-of-bounce", "mail with the null reverse-path that failed is reported to the postmaster of its recipient", [](Behaviour& b) { b.queue.reports_on_reports = true; }},
    {"bounce-to-header-from", "reports go to the From field, not to the reverse-path", [](Behaviour& b) { b.queue.reports_to_header_from = true; }},
    {"null-sender-reported-to-from", "mail with the null reverse-path that failed is reported to its From field", [](Behaviour& b) {
       b.queue.reports_on_reports = true;
       b.queue.reports_to_header_from = true; }},
    {"original-recipient-invented", "reports have Original-Recipient although there was no ORCPT", [](Behaviour& b) { b.queue.invents_original_recipient = true; }},
    {"bounce-despite-never", "a failure is reported despite NOTIFY=NEVER", [](Behaviour& b) { b.queue.reports_despite_never = true; }},
    {"success-reported-unasked", "success is reported although nobody asked", [](Behaviour& b) { b.queue.reports_unasked_success = true; }},
    {"relayed-not-reported", "NOTIFY=SUCCESS is forgotten at a server without DSN", [](Behaviour& b) { b.queue.no_relayed_reports = true; }},
    {"bounce-is-plain-text", "reports are no multipart/report", [](Behaviour& b) { b.queue.plain_reports = true; }},
};
// clang-format on

}  // namespace

const std::vector<Defect>& every_defect() {
  return table;
}

const Defect* find_defect(std::string_view name) {
  for (const Defect& defect : table) {
    if (defect.name == name) return &defect;
  }
  return nullptr;
}

std::vector<std::string> defect_names() {
  std::vector<std::string> names;
  for (const Defect& defect : table) names.emplace_back(defect.name);
  return names;
}

}  // namespace smtpspec::sender
