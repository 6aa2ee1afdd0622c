// SPDX-License-Identifier: Apache-2.0
#include "refserver/defects.hpp"

#include "refserver/configuration.hpp"
#include "refserver/content_damage.hpp"
#include "refserver/content_prejudice.hpp"

namespace smtpspec::refserver {

namespace {

/// Content ends at this sequence too, and what surrounds it is taken. Of the sequence so many octets belong
/// to the message.
void end_data_at(Configuration& c, const char* sequence, std::size_t octets, std::size_t message_octets) {
  c.behaviour.content.false_ends.push_back({std::string(sequence, octets), message_octets});
  c.behaviour.content.takes_bare_line_ends = true;
}

void answer(Configuration& c, std::string_view verb, int code, int instead) {
  c.behaviour.replies.substitutions.push_back({verb, code, instead});
}

// clang-format off
const std::vector<Defect> table = {
    // What ends DATA (RFC 5321 4.1.1.4). The names are those of public research on smuggling.
    {"ends-data-at-lf-dot-lf", "DATA ends at LF . LF", [](Configuration& c) { end_data_at(c, "\n.\n", 3, 1); }},
    {"ends-data-at-lf-dot-crlf", "DATA ends at LF . CRLF", [](Configuration& c) { end_data_at(c, "\n.\r\n", 4, 1); }},
    {"ends-data-at-lf-dot-cr", "DATA ends at LF . CR", [](Configuration& c) { end_data_at(c, "\n.\r", 3, 1); }},
    {"ends-data-at-lf-dot-crcrlf", "DATA ends at LF . CRCRLF", [](Configuration& c) { end_data_at(c, "\n.\r\r\n", 5, 1); }},
    {"ends-data-at-cr-dot-cr", "DATA ends at CR . CR", [](Configuration& c) { end_data_at(c, "\r.\r", 3, 1); }},
    {"ends-data-at-cr-dot-lf", "DATA ends at CR . LF", [](Configuration& c) { end_data_at(c, "\r.\n", 3, 1); }},
    {"ends-data-at-cr-dot-crlf", "DATA ends at CR . CRLF", [](Configuration& c) { end_data_at(c, "\r.\r\n", 4, 1); }},
    {"ends-data-at-crlf-dot-lf", "DATA ends at CRLF . LF", [](Configuration& c) { end_data_at(c, "\r\n.\n", 4, 2); }},
    {"ends-data-at-crlf-dot-cr", "DATA ends at CRLF . CR", [](Configuration& c) { end_data_at(c, "\r\n.\r", 4, 2); }},
    {"ends-data-at-crlf-dot-crcrlf", "DATA ends at CRLF . CRCRLF", [](Configuration& c) { end_data_at(c, "\r\n.\r\r\n", 6, 2); }},
    {"ends-data-at-crcrlf-dot-lf", "DATA ends at CRCRLF . LF", [](Configuration& c) { end_data_at(c, "\r\r\n.\n", 5, 3); }},
    {"ends-data-at-crcrlf-dot-crcrlf", "DATA ends at CRCRLF . CRCRLF", [](Configuration& c) { end_data_at(c, "\r\r\n.\r\r\n", 7, 3); }},
    {"ends-data-at-crlf-nul-dot-crlf", "DATA ends at CRLF NUL . CRLF", [](Configuration& c) { end_data_at(c, "\r\n\0.\r\n", 6, 2); }},
    {"ends-data-at-crlf-dot-nul-crlf", "DATA ends at CRLF . NUL CRLF", [](Configuration& c) { end_data_at(c, "\r\n.\0\r\n", 6, 2); }},
    {"ends-data-at-lf-nul-dot-lf", "DATA ends at LF NUL . LF", [](Configuration& c) { end_data_at(c, "\n\0.\n", 4, 1); }},
    {"ends-data-at-crlf-dot-space-crlf", "DATA ends at CRLF . SP CRLF", [](Configuration& c) { end_data_at(c, "\r\n. \r\n", 6, 2); }},
    {"ends-data-at-crlf-dot-dot-crlf", "DATA ends at CRLF . . CRLF", [](Configuration& c) { end_data_at(c, "\r\n..\r\n", 6, 2); }},
    {"split-end-of-data-missed", "the end of DATA is missed when it comes in pieces", [](Configuration& c) { c.behaviour.content.split_end_missed = true; }},
    {"quit-in-content-executed", "a line QUIT inside the content is executed", [](Configuration& c) { c.behaviour.content.executes_quit = true; }},
    {"refuses-false-end-and-goes-on", "LF . LF is answered 451 and what follows is executed", [](Configuration& c) {
       end_data_at(c, "\n.\n", 3, 1);
       c.behaviour.content.refuses_at_false_end = true; }},
    {"ends-data-at-declared-size", "SIZE= of MAIL is taken for the end of DATA", [](Configuration& c) { c.behaviour.content.declared_size_ends_data = true; }},

    // What happens to content.
    {"dots-not-unstuffed", "a doubled dot stays doubled", [](Configuration& c) { c.behaviour.content.unstuff = smtp::UnstuffMode::none; }},
    {"dots-unstuffed-twice", "two dots are taken away", [](Configuration& c) { c.behaviour.content.unstuff = smtp::UnstuffMode::twice; }},
    {"dots-unstuffed-on-first-line-only", "dots are taken away on the first line only", [](Configuration& c) { c.behaviour.content.unstuff = smtp::UnstuffMode::first_line_only; }},
    {"dots-doubled-on-delivery", "dots at line starts are delivered doubled", [](Configuration& c) { c.behaviour.content.alter = double_dots; }},
    {"last-crlf-lost", "the CRLF before the final dot is not delivered", [](Configuration& c) { c.behaviour.content.alter = lose_last_crlf; }},
    {"eighth-bit-stripped", "octets lose their high bit", [](Configuration& c) { c.behaviour.content.alter = strip_eighth_bit; }},
    {"line-cut-at-nul", "a line ends at NUL, the rest is lost", [](Configuration& c) { c.behaviour.content.alter = cut_lines_at_nul; }},
    {"long-lines-folded", "a CRLF is inserted after 200 octets of a line", [](Configuration& c) { c.behaviour.content.alter = fold_long_lines; }},
    {"long-lines-cut", "what exceeds 500 octets of a line is lost", [](Configuration& c) { c.behaviour.content.alter = cut_long_lines; }},
    {"trailing-space-lost", "white space at the end of lines is lost", [](Configuration& c) { c.behaviour.content.alter = trim_lines; }},
    {"from-line-quoted", "`From ` at the start of a line becomes `>From `", [](Configuration& c) { c.behaviour.content.alter = quote_from_lines; }},
    {"empty-lines-squeezed", "of several empty lines one is delivered", [](Configuration& c) { c.behaviour.content.alter = squeeze_empty_lines; }},
    {"tabs-expanded", "a tab becomes eight spaces", [](Configuration& c) { c.behaviour.content.alter = expand_tabs; }},
    {"half-a-message-lost", "the second half of a message is lost", [](Configuration& c) { c.behaviour.content.alter = lose_second_half; }},
    {"text-line-of-998-refused", "a text line may have 512 octets at most", [](Configuration& c) { c.behaviour.content.text_line_octets = 512; }},
    {"odd-header-refused", "a message needs one From and one Date", [](Configuration& c) { c.behaviour.content.refuses = lacks_usual_fields; }},
    {"resent-fields-refused", "a message with Resent- fields is refused", [](Configuration& c) { c.behaviour.content.refuses = has_resent_fields; }},
    {"odd-received-refused", "a Received field without from, by or date is refused", [](Configuration& c) { c.behaviour.content.refuses = has_odd_received; }},
    {"ten-hops-refused", "ten Received fields are a loop", [](Configuration& c) { c.behaviour.content.refuses = has_ten_received; }},
    {"many-names-in-header-refused", "more than a hundred addresses in the header are refused", [](Configuration& c) { c.behaviour.content.refuses = has_many_in_header; }},
    {"long-header-line-refused", "a line of the header may have 500 octets at most", [](Configuration& c) { c.behaviour.content.refuses = has_long_line_of_header; }},
    {"stray-line-ends-cost-octets", "a stray CR or LF is taken, and the octet behind it lost", [](Configuration& c) {
       c.behaviour.content.takes_bare_line_ends = true;
       c.behaviour.content.alter = lose_octet_after_stray_end; }},
    {"message-of-64k-refused", "a message may have 60,000 octets at most, whatever SIZE says", [](Configuration& c) {
       c.policy.limits.message_octets = 60000; }},

    // Delivery.
    {"message-lost", "of the messages of a session only the first is delivered; the others get 250 all the same", [](Configuration& c) { c.behaviour.delivery.loses_after_first = true; }},
    {"message-delivered-twice", "every message is delivered twice", [](Configuration& c) { c.behaviour.delivery.copies = 2; }},
    {"partial-message-delivered", "what came of a message is delivered when the connection breaks", [](Configuration& c) { c.behaviour.delivery.partial_on_loss = true; }},
    {"envelope-delivered-on-loss", "an empty message is delivered when the connection breaks before DATA", [](Configuration& c) { c.behaviour.delivery.empty_on_loss = true; }},
    {"accepts-without-room", "a message that there is no room for is answered 250 and lost", [](Configuration& c) { c.behaviour.delivery.loses_without_room = true; }},
    {"refused-message-delivered", "a message is delivered although its end was answered 5yz", [](Configuration& c) { c.behaviour.delivery.despite_refusal = true; }},
    {"only-first-recipient", "all recipients but the first get nothing", [](Configuration& c) { c.behaviour.delivery.first_recipient_alone = true; }},
    {"refused-recipient-gets-mail", "recipients that were refused get the message too", [](Configuration& c) { c.behaviour.delivery.to_refused_recipients = true; }},
    {"recipients-beyond-50-forgotten", "the 51st recipient and later ones are accepted and get nothing", [](Configuration& c) { c.behaviour.delivery.max_recipients = 50; }},
    {"success-not-notified", "NOTIFY=SUCCESS is accepted and no notification sent", [](Configuration& c) { c.behaviour.delivery.no_success_notification = true; }},
    {"no-received", "no Received field is added", [](Configuration& c) { c.behaviour.delivery.adds_received = false; }},
    {"received-at-the-end", "Received is added below the header, not on top", [](Configuration& c) { c.behaviour.delivery.received_below = true; }},
    {"received-names-all", "Received names all recipients", [](Configuration& c) { c.behaviour.delivery.received_names_all = true; }},
    {"received-without-from", "Received has no from clause", [](Configuration& c) { c.behaviour.delivery.received_without_from = true; }},
    {"received-two-digit-year", "the year in Received has two digits", [](Configuration& c) { c.behaviour.delivery.two_digit_year = true; }},
    {"received-forgets-auth", "Received says ESMTP after AUTH", [](Configuration& c) { c.behaviour.delivery.forgets_auth_in_protocol = true; }},
    {"received-forgets-tls", "Received says ESMTP inside TLS", [](Configuration& c) { c.behaviour.delivery.forgets_tls_in_protocol = true; }},
    {"received-forgets-lmtp", "Received says ESMTP of mail that came by LMTP", [](Configuration& c) { c.behaviour.delivery.forgets_lmtp_in_protocol = true; }},
    {"old-received-removed", "Received fields of earlier hops are removed", [](Configuration& c) { c.behaviour.delivery.removes_old_received = true; }},
    {"no-return-path", "no Return-Path is added", [](Configuration& c) { c.behaviour.delivery.return_paths = 0; }},
    {"return-path-twice", "Return-Path is added twice", [](Configuration& c) { c.behaviour.delivery.return_paths = 2; }},
    {"forged-return-path-kept", "a Return-Path that the client wrote stays beside the real one", [](Configuration& c) { c.behaviour.delivery.keeps_foreign_return_path = true; }},
    {"reverse-path-folded", "the sender's local part is delivered in lower case", [](Configuration& c) { c.behaviour.delivery.folds_reverse_path = true; }},

    // Transaction and session state.
    {"rset-keeps-transaction", "RSET resets nothing", [](Configuration& c) { c.behaviour.transaction.rset_keeps = true; }},
    {"ehlo-keeps-transaction", "a second EHLO (or LHLO) resets nothing", [](Configuration& c) { c.behaviour.transaction.ehlo_keeps = true; }},
    {"helo-keeps-transaction", "a second HELO resets nothing", [](Configuration& c) { c.behaviour.transaction.helo_keeps = true; }},
    {"bad-ehlo-resets", "a refused EHLO ends transaction and session", [](Configuration& c) { c.behaviour.transaction.bad_ehlo_resets = true; }},
    {"nested-mail-keeps-recipients", "a second MAIL is taken and keeps the recipients", [](Configuration& c) { c.behaviour.transaction.nested_mail_keeps_recipients = true; }},
    {"end-of-data-keeps-recipients", "the recipients outlive their message", [](Configuration& c) {
       c.behaviour.transaction.end_of_data_keeps = true;
       c.behaviour.transaction.nested_mail_keeps_recipients = true; }},
    {"noop-resets", "NOOP ends the transaction", [](Configuration& c) { c.behaviour.transaction.noop_resets = true; }},
    {"vrfy-resets", "VRFY ends the transaction", [](Configuration& c) { c.behaviour.transaction.vrfy_resets = true; }},
    {"refused-rcpt-resets", "a refused recipient ends the transaction", [](Configuration& c) { c.behaviour.transaction.refused_rcpt_resets = true; }},
    {"bad-mail-resets", "a malformed MAIL makes the server forget EHLO", [](Configuration& c) { c.behaviour.transaction.bad_mail_resets_hello = true; }},
    {"rset-forgets-ehlo", "RSET makes the server forget EHLO", [](Configuration& c) { c.behaviour.transaction.rset_resets_hello = true; }},
    {"rcpt-without-mail", "RCPT is taken without MAIL", [](Configuration& c) { c.behaviour.transaction.rcpt_without_mail = true; }},
    {"data-without-recipients", "DATA and its content are taken without a recipient, or MAIL", [](Configuration& c) { c.behaviour.transaction.data_without_recipients = true; }},
    {"everything-needs-ehlo", "NOOP, RSET, VRFY, HELP get 503 before EHLO", [](Configuration& c) { c.behaviour.transaction.needs_hello_for_everything = true; }},
    {"recipients-limited-to-50", "the 51st recipient is refused", [](Configuration& c) { c.policy.limits.recipients = 50; }},

    // Commands, addresses, parameters.
    {"lower-case-verbs-refused", "verbs must be in upper case", [](Configuration& c) { c.behaviour.parsing.verbs_in_upper_case_alone = true; }},
    {"lower-case-keywords-refused", "FROM:, TO: and parameters must be in upper case", [](Configuration& c) { c.behaviour.parsing.keywords_in_upper_case_alone = true; }},
    {"domain-case-matters", "the recipient's domain is compared with its case", [](Configuration& c) { c.behaviour.parsing.domain_case_matters = true; }},
    {"postmaster-refused", "there is no postmaster", [](Configuration& c) { c.behaviour.parsing.refuses_postmaster = true; }},
    {"bare-postmaster-refused", "<Postmaster> without a domain is refused", [](Configuration& c) { c.behaviour.parsing.refuses_bare_postmaster = true; }},
    {"postmaster-case-matters", "postmaster is known in lower case only", [](Configuration& c) { c.behaviour.parsing.postmaster_case_matters = true; }},
    {"null-sender-refused", "MAIL FROM:<> is refused", [](Configuration& c) { c.behaviour.parsing.refuses_null_sender = true; }},
    {"source-route-refused", "a source route is a syntax error", [](Configuration& c) { c.behaviour.parsing.refuses_source_routes = true; }},
    {"quoted-local-part-refused", "a quoted local part is a syntax error", [](Configuration& c) { c.behaviour.parsing.refuses_quoted_local_parts = true; }},
    {"trailing-space-refused", "white space before the CRLF of a command is an error", [](Configuration& c) { c.behaviour.parsing.refuses_trailing_space = true; }},
    {"utf8-recipient-closes", "RCPT with an address in UTF-8 closes the connection without a reply", [](Configuration& c) { c.behaviour.connection.utf8_rcpt_closes = true; }},
    {"utf8-address-refused", "SMTPUTF8 is offered and an address in UTF-8 is a syntax error", [](Configuration& c) { c.behaviour.parsing.refuses_utf8_paths = true; }},
    {"bad-paths-taken", "paths that break the grammar are taken", [](Configuration& c) { c.behaviour.parsing.takes_bad_paths = true; }},
    {"percent-relayed", "user%host@domain is sent on to user@host, whoever asks", [](Configuration& c) { c.behaviour.parsing.relays_percent = true; }},
    {"own-senders-relayed", "who says MAIL with a sender of the server's own domain may relay", [](Configuration& c) { c.behaviour.parsing.relays_for_own_name = true; }},
    {"unknown-user-taken", "mailboxes that don't exist are accepted", [](Configuration& c) { c.behaviour.parsing.takes_unknown_users = true; }},
    {"unknown-parameter-taken", "parameters of MAIL and RCPT that nothing defines are taken", [](Configuration& c) { c.behaviour.parsing.takes_unknown_parameters = true; }},
    {"arguments-taken-anywhere", "RSET, DATA, QUIT, STARTTLS are taken with an argument", [](Configuration& c) { c.behaviour.parsing.takes_arguments_anywhere = true; }},
    {"lf-ends-command", "a command may end with LF alone", [](Configuration& c) { c.behaviour.parsing.lf_ends_command = true; }},
    {"cr-ends-command", "a command may end with CR alone", [](Configuration& c) { c.behaviour.parsing.cr_ends_command = true; }},
    {"nul-separates-commands", "what follows a NUL on a line is the next command", [](Configuration& c) { c.behaviour.parsing.nul_ends_command = true; }},
    {"segment-ends-command", "a command split over two segments is taken for two", [](Configuration& c) { c.behaviour.parsing.segment_ends_command = true; }},
    {"address-literal-refused", "address literals are a syntax error in EHLO and paths", [](Configuration& c) { c.behaviour.parsing.refuses_address_literals = true; }},
    {"repeated-parameter-taken", "a parameter may be given twice", [](Configuration& c) { c.behaviour.parsing.takes_repeated_parameters = true; }},
    {"bad-parameter-value-taken", "values of parameters are not looked at", [](Configuration& c) { c.behaviour.parsing.takes_bad_values = true; }},
    {"local-part-of-64-refused", "a local part may have 32 octets at most", [](Configuration& c) { c.policy.limits.local_part_octets = 32; }},
    {"domain-of-255-refused", "a domain may have 64 octets at most", [](Configuration& c) { c.policy.limits.domain_octets = 64; }},
    {"path-of-256-refused", "a path may have 128 octets at most", [](Configuration& c) { c.policy.limits.path_octets = 128; }},
    {"unknown-command-succeeds", "an unknown command gets 250", [](Configuration& c) { c.behaviour.parsing.unknown_commands_succeed = true; }},
    {"vrfy-believes-everything", "VRFY says 250 whatever the name", [](Configuration& c) { c.behaviour.parsing.vrfy_believes_everything = true; }},
    {"declared-size-ignored", "SIZE= above the limit is taken", [](Configuration& c) { c.behaviour.parsing.ignores_declared_size = true; }},
    {"actual-size-ignored", "a message above the limit is taken", [](Configuration& c) { c.behaviour.parsing.ignores_actual_size = true; }},
    {"size-parameter-refused", "SIZE is offered and refused", [](Configuration& c) { c.behaviour.parsing.refused_parameters = {"SIZE"}; }},
    {"binarymime-taken-unoffered", "BINARYMIME is not offered and BODY=BINARYMIME is taken", [](Configuration& c) {
       c.features.remove(Feature::binary_mime);
       c.behaviour.parsing.takes_unoffered_body = true; }},
    {"body-parameter-refused", "8BITMIME is offered and BODY= refused", [](Configuration& c) { c.behaviour.parsing.refused_parameters = {"BODY"}; }},
    {"smtputf8-parameter-refused", "SMTPUTF8 is offered and the parameter refused", [](Configuration& c) { c.behaviour.parsing.refused_parameters = {"SMTPUTF8"}; }},
    {"dsn-parameters-refused", "DSN is offered and its parameters refused", [](Configuration& c) { c.behaviour.parsing.refused_parameters = {"RET", "ENVID", "NOTIFY", "ORCPT"}; }},
    {"auth-parameter-refused", "AUTH is offered and AUTH= of MAIL refused", [](Configuration& c) { c.behaviour.parsing.refused_parameters = {"AUTH"}; }},
    {"command-line-of-512-refused", "a command line may have 200 octets at most", [](Configuration& c) { c.policy.limits.command_octets = 200; }},
    {"long-line-runs-over", "the rest of an over-long line is the next command", [](Configuration& c) { c.behaviour.parsing.long_line_runs_over = true; }},
    {"long-line-hangs", "an over-long line is never answered, nor anything after it", [](Configuration& c) { c.behaviour.parsing.long_line_hangs = true; }},

    // Replies.
    {"group-loses-a-reply", "of commands that came together one gets no reply", [](Configuration& c) { c.behaviour.replies.group = ReplyBehaviour::Group::loses; }},
    {"group-reorders-replies", "the last two replies of a group change places", [](Configuration& c) { c.behaviour.replies.group = ReplyBehaviour::Group::reorders; }},
    {"group-delays-a-reply", "the last reply of a group waits for the next command", [](Configuration& c) { c.behaviour.replies.group = ReplyBehaviour::Group::delays; }},
    {"input-after-data-flushed", "what came together with the end of data is thrown away", [](Configuration& c) { c.behaviour.content.flushes_input_after_end = true; }},
    {"replies-end-with-lf", "reply lines end with LF alone", [](Configuration& c) { c.behaviour.replies.line_end = "\n"; }},
    {"mixed-codes", "the last line of a reply has another code", [](Configuration& c) { c.behaviour.replies.mixed_codes = true; }},
    {"no-hyphens", "continuation lines have no hyphen", [](Configuration& c) { c.behaviour.replies.no_hyphens = true; }},
    {"wrong-enhanced-class", "the class of enhanced codes contradicts the reply code", [](Configuration& c) { c.behaviour.replies.wrong_enhanced_class = true; }},
    {"no-enhanced-codes", "ENHANCEDSTATUSCODES is offered and none is sent", [](Configuration& c) { c.behaviour.replies.no_enhanced_codes = true; }},
    {"enhanced-code-once", "of the lines of a reply the first alone has an enhanced code", [](Configuration& c) { c.behaviour.replies.enhanced_code_once = true; }},
    {"padded-enhanced-codes", "enhanced codes have leading zeros", [](Configuration& c) { c.behaviour.replies.padded_enhanced_codes = true; }},
    {"bare-codes", "replies of one line have no text and no space", [](Configuration& c) { c.behaviour.replies.bare_codes = true; }},
    {"long-reply-lines", "reply lines have more than 512 octets", [](Configuration& c) { c.behaviour.replies.long_lines = true; }},
    {"eight-bit-replies", "reply texts are not ASCII", [](Configuration& c) { c.behaviour.replies.eight_bit_text = true; }},
    {"bad-keyword", "EHLO lists a word that is no keyword", [](Configuration& c) { c.behaviour.replies.bad_keyword = true; }},
    {"vrfy-without-mailbox", "250 to VRFY names no mailbox", [](Configuration& c) { c.behaviour.replies.vrfy_without_mailbox = true; }},
    {"keywords-after-helo", "HELO is answered with the keywords", [](Configuration& c) { c.behaviour.replies.keywords_after_helo = true; }},
    {"no-keywords", "EHLO is answered without keywords", [](Configuration& c) { c.behaviour.replies.no_keywords = true; }},
    {"no-host-name", "greeting and EHLO reply have asterisks for the server's name", [](Configuration& c) { c.behaviour.replies.no_host_name = true; }},
    {"noop-never-answered", "NOOP gets no reply", [](Configuration& c) { c.behaviour.replies.silent_verb = "NOOP"; }},
    {"rset-answered-twice", "RSET gets two replies", [](Configuration& c) { c.behaviour.replies.repeated_verb = "RSET"; }},
    {"greeting-of-250", "the greeting is 250", [](Configuration& c) { answer(c, "greeting", 220, 250); }},
    {"greeting-twice", "the greeting is sent twice", [](Configuration& c) { c.behaviour.replies.repeated_verb = "greeting"; }},
    {"help-not-listed", "HELP works and EHLO doesn't list it", [](Configuration& c) { c.behaviour.replies.hides_help = true; }},
    {"expn-succeeds-unlisted", "EXPN gets 250 and EHLO doesn't list it", [](Configuration& c) { answer(c, "EXPN", 502, 250); }},
    {"ehlo-refused", "EHLO gets 500, HELO works", [](Configuration& c) { answer(c, "EHLO", 250, 500); }},
    {"helo-refused", "HELO gets 500, EHLO works", [](Configuration& c) { answer(c, "HELO", 250, 500); }},
    {"rset-refused", "RSET gets 500", [](Configuration& c) { answer(c, "RSET", 250, 500); }},
    {"noop-refused", "NOOP gets 502", [](Configuration& c) { answer(c, "NOOP", 250, 502); }},
    {"vrfy-not-implemented", "VRFY is offered and gets 502", [](Configuration& c) {
       for (const int code : {250, 252, 550, 501}) answer(c, "VRFY", code, 502); }},
    {"help-not-implemented", "HELP is offered and gets 502", [](Configuration& c) { answer(c, "HELP", 214, 502); }},
    {"data-answered-250", "DATA gets 250 in place of 354", [](Configuration& c) { answer(c, "DATA", 354, 250); }},
    {"end-of-data-answered-354", "the end of data gets another 354", [](Configuration& c) { answer(c, ".", 250, 354); }},
    {"quit-answered-250", "QUIT gets 250", [](Configuration& c) { answer(c, "QUIT", 221, 250); }},
    {"bad-rcpt-answered-250", "refused recipients get 250 and no mail", [](Configuration& c) { answer(c, "RCPT", 550, 250); }},
    {"bad-rcpt-answered-554", "refused recipients get 554 in place of 550", [](Configuration& c) { answer(c, "RCPT", 550, 554); }},
    {"bad-sequence-answered-250", "commands out of order get 250", [](Configuration& c) { answer(c, "", 503, 250); }},
    {"too-big-answered-250", "a message above the limit gets 250 and is lost", [](Configuration& c) {
       answer(c, ".", 552, 250);
       answer(c, "BDAT", 552, 250); }},
    {"errors-are-temporary", "5yz replies are sent as 4yz", [](Configuration& c) {
       for (const int code : {500, 501, 502, 503, 504, 535, 550, 552, 553, 554, 555}) answer(c, "", code, code - 100); }},
    {"code-out-of-range", "NOOP gets 299", [](Configuration& c) { answer(c, "NOOP", 250, 299); }},

    // The connection.
    {"quit-keeps-connection", "the connection stays open after QUIT", [](Configuration& c) { c.behaviour.connection.quit_keeps = true; }},
    {"quit-closes-silently", "QUIT closes without a reply", [](Configuration& c) { c.behaviour.connection.quit_closes_silently = true; }},
    {"rset-closes", "RSET closes the connection", [](Configuration& c) { c.behaviour.connection.rset_closes = true; }},
    {"bad-ehlo-closes", "a refused EHLO closes the connection", [](Configuration& c) { c.behaviour.connection.bad_hello_closes = true; }},
    {"one-client-at-a-time", "a client is greeted when the one before it has gone", [](Configuration& c) { c.behaviour.connection.one_at_a_time = true; }},
    {"unknown-command-closes", "one unknown command closes the connection", [](Configuration& c) { c.behaviour.connection.error_closes = true; }},
    {"refused-rcpt-closes", "one refused recipient closes the connection", [](Configuration& c) { c.behaviour.connection.refused_rcpt_closes = true; }},
    {"shutdown-without-421", "a server that is ended closes without a word", [](Configuration& c) { c.behaviour.connection.shutdown_says_nothing = true; }},
    {"vrfy-kills", "VRFY kills the server", [](Configuration& c) { c.behaviour.connection.killing_verb = "VRFY"; }, true},

    // STARTTLS (RFC 3207) and AUTH (RFC 4954).
    {"clear-commands-kept", "commands sent before the TLS handshake run after it", [](Configuration& c) { c.behaviour.security.keeps_clear_lines = true; }},
    {"clear-fragment-kept", "half a command sent before the TLS handshake is spliced onto what comes after it", [](Configuration& c) { c.behaviour.security.keeps_clear_fragment = true; }},
    {"state-kept-over-tls", "EHLO and transaction outlive STARTTLS", [](Configuration& c) { c.behaviour.security.keeps_state_over_tls = true; }},
    {"identity-kept-over-tls", "AUTH outlives STARTTLS", [](Configuration& c) { c.behaviour.security.keeps_identity_over_tls = true; }},
    {"starttls-offered-in-tls", "STARTTLS is listed inside TLS", [](Configuration& c) { c.behaviour.security.offers_starttls_in_tls = true; }},
    {"starttls-answered-250", "STARTTLS gets 250 in place of 220, then the handshake is awaited", [](Configuration& c) { answer(c, "STARTTLS", 220, 250); }},
    {"starttls-refused", "STARTTLS is offered and gets 502", [](Configuration& c) { c.behaviour.security.refuses_starttls = true; }},
    {"greeting-after-tls", "the server greets again after the TLS handshake", [](Configuration& c) { c.behaviour.security.greets_after_tls = true; }},
    {"any-password-taken", "AUTH succeeds with any password", [](Configuration& c) { c.behaviour.security.takes_any_password = true; }},
    {"auth-refused", "AUTH fails with the right password", [](Configuration& c) { c.policy.auth_password += "x"; }},
    {"auth-twice", "AUTH is taken again after success", [](Configuration& c) { c.behaviour.security.auth_twice = true; }},
    {"auth-in-transaction", "AUTH is taken inside a transaction", [](Configuration& c) { c.behaviour.security.auth_in_transaction = true; }},
    {"auth-cancel-ignored", "`*` does not cancel AUTH", [](Configuration& c) { c.behaviour.security.ignores_cancel = true; }},
    {"bad-base64-skipped", "characters outside base64 are skipped in AUTH", [](Configuration& c) { c.behaviour.security.skips_bad_base64 = true; }},
    {"chatty-challenge", "the empty challenge of AUTH has text", [](Configuration& c) { c.behaviour.security.chatty_challenge = true; }},
    {"initial-response-ignored", "the initial response of AUTH is thrown away", [](Configuration& c) { c.behaviour.security.ignores_initial_response = true; }},
    {"any-initial-response-taken", "an initial response is taken where the server speaks first", [](Configuration& c) { c.behaviour.security.takes_any_initial_response = true; }},
    {"auth-failure-closes", "one failed AUTH closes the connection", [](Configuration& c) { c.behaviour.security.closes_after_failure = true; }},

    // BDAT (RFC 3030).
    {"failed-bdat-leaves-octets", "the octets of a refused BDAT are read as commands", [](Configuration& c) { c.behaviour.chunks.leaves_octets_of_refused = true; }},
    {"bdat-unstuffs", "dots at line starts of a chunk are taken away", [](Configuration& c) { c.behaviour.chunks.unstuffs = true; }},
    {"bdat-ends-at-dot", "CRLF . CRLF ends a chunk", [](Configuration& c) { c.behaviour.chunks.ends_at_dot = true; }},
    {"bdat-keeps-last-chunk-only", "all chunks but the last are lost", [](Configuration& c) { c.behaviour.chunks.keeps_last_alone = true; }},
    {"bdat-silent-until-last", "chunks before the last get no reply", [](Configuration& c) { c.behaviour.chunks.silent_until_last = true; }},
    {"bdat-0-last-refused", "BDAT 0 LAST is an error", [](Configuration& c) { c.behaviour.chunks.refuse_empty_last = true; }},
    {"binary-by-data", "DATA is taken after BODY=BINARYMIME", [](Configuration& c) { c.behaviour.chunks.binary_by_data = true; }},
    {"data-after-bdat", "DATA is taken after BDAT", [](Configuration& c) { c.behaviour.chunks.data_may_follow = true; }},
    {"chunks-survive-rset", "chunks given up by RSET begin the next message", [](Configuration& c) { c.behaviour.chunks.survive_rset = true; }},

    // LMTP (RFC 2033).
    {"lmtp-one-reply-for-all", "LMTP answers the end of data once, however many recipients", [](Configuration& c) { c.behaviour.replies.lmtp_one_reply = true; }},
    {"lmtp-takes-ehlo", "LMTP takes EHLO and HELO", [](Configuration& c) { c.behaviour.parsing.lmtp_takes_ehlo = true; }},
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

}  // namespace smtpspec::refserver
