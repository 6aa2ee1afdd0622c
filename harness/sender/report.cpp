// SPDX-License-Identifier: Apache-2.0
#include "sender/report.hpp"

#include <algorithm>
#include <ctime>
#include <string_view>

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "sender/content.hpp"
#include "smtp/enhanced_status.hpp"
#include "smtp/header_block.hpp"
#include "smtp/letter_case.hpp"
#include "smtp/xtext.hpp"

namespace smtpspec::sender {

namespace {

constexpr std::string_view boundary = "=_smtpspec_report";

/// One of the comma list of NOTIFY (RFC 3461 4.1).
bool asks_for(std::string_view notify, std::string_view what) {
  while (!notify.empty()) {
    const std::size_t comma = notify.find(',');
    if (smtp::equals_ignoring_case(notify.substr(0, comma), what)) return true;
    notify.remove_prefix(comma == std::string_view::npos ? notify.size() : comma + 1);
  }
  return false;
}

/// The enhanced code of the reply where it has one of the right class (RFC 3461 6.3, RFC 3464 2.3.4).
std::string status_of(const Outcome& outcome) {
  const bool failed = outcome.kind == Outcome::Kind::failed;
  const std::string_view reply = outcome.reply;
  const auto line = reply.substr(0, reply.find("\r\n"));
  const auto text = line.substr(std::min<std::size_t>(line.size(), 4));  // a code may stand alone
  const auto status = smtp::parse_enhanced_status(text);
  if (status && status->status_class == (failed ? 5 : 2)) return smtp::to_string(*status);
  return failed ? "5.0.0" : "2.0.0";
}

/// What xtext stands for, which has to be printable (RFC 3461 4.2, 4.4); else the text as it came.
std::string decoded(const std::string& xtext) {
  const auto octets = smtp::decode_xtext(xtext);
  const bool printable = octets && std::none_of(octets->begin(), octets->end(), [](char c) {
                           return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
                         });
  return printable ? *octets : xtext;
}

/// A field's body: further lines are folded.
std::string folded(std::string_view reply) {
  std::string field;
  for (const char c : reply) {
    if (c == '\n') {
      field += "\n ";
    } else {
      field += c;
    }
  }
  return field;
}

std::string recipient_fields(const Reported& reported, const QueueBehaviour& behaviour) {
  const Outcome& outcome = reported.outcome;
  const std::string_view type = has_eight_bit(reported.recipient.address) ? "utf-8" : "rfc822";
  std::string fields = "\r\n";
  if (!reported.recipient.orcpt.empty()) {
    fields += fmt::format("Original-Recipient: {}\r\n", decoded(reported.recipient.orcpt));
  } else if (behaviour.invents_original_recipient) {
    fields += fmt::format("Original-Recipient: rfc822;{}\r\n", reported.recipient.address);
  }
  fields +=
      fmt::format("Final-Recipient: {}; {}\r\nAction: {}\r\nStatus: {}\r\n", type, reported.recipient.address,
                  outcome.kind == Outcome::Kind::failed ? "failed" : "relayed", status_of(outcome));
  if (!outcome.from_peer) return fields;
  if (!outcome.peer_name.empty()) fields += fmt::format("Remote-MTA: dns; {}\r\n", outcome.peer_name);
  return fields + fmt::format("Diagnostic-Code: smtp; {}\r\n", folded(outcome.reply));
}

std::string status_fields(const Message& message, const std::vector<Reported>& reported,
                          const Settings& settings) {
  std::string fields = fmt::format("Reporting-MTA: dns; {}\r\n", settings.ehlo_name);
  if (!message.envid.empty()) {
    fields += fmt::format("Original-Envelope-Id: {}\r\n", decoded(message.envid));
  }
  for (const Reported& each : reported) fields += recipient_fields(each, settings.behaviour.queue);
  return fields;
}

std::string words_about(const std::vector<Reported>& reported) {
  std::string text = "This is a report about your message.\r\n";
  for (const Reported& each : reported) {
    const bool failed = each.outcome.kind == Outcome::Kind::failed;
    text += fmt::format("\r\n<{}>: {}\r\n{}\r\n", each.recipient.address,
                        failed ? "could not be delivered" : "was passed on", each.outcome.reply);
  }
  return text;
}

std::string part(std::string_view type, std::string_view text) {
  return fmt::format("--{}\r\nContent-Type: {}\r\n\r\n{}\r\n", boundary, type, text);
}

/// RET=FULL asks for the whole message back, unless all of its way has to be protected (RFC 8689 section 5).
std::string returned_part(const Message& message, bool any_failed) {
  const bool whole = any_failed && smtp::equals_ignoring_case(message.ret, "FULL") && !message.require_tls;
  if (whole) return part("message/rfc822", message.content);
  return part("text/rfc822-headers", message.content.substr(0, smtp::header_size(message.content)));
}

std::string header_of_report(const std::string& to, bool any_failed, const Settings& settings) {
  const std::time_t now = std::time(nullptr);
  std::string header = fmt::format(
      "From: Mail delivery <postmaster@{}>\r\nTo: <{}>\r\nDate: {:%a, %d %b %Y %H:%M:%S +0000}\r\n"
      "Subject: {}\r\nAuto-Submitted: auto-replied\r\n",
      settings.ehlo_name, to, fmt::gmtime(now),
      any_failed ? "Undeliverable: your message" : "Passed on: your message");
  if (settings.behaviour.queue.plain_reports) return header + "\r\n";
  return header + fmt::format(
                      "MIME-Version: 1.0\r\nContent-Type: multipart/report; "
                      "report-type=delivery-status;\r\n\tboundary=\"{}\"\r\n\r\n",
                      boundary);
}

std::string body_of_report(const Message& message, const std::vector<Reported>& reported, bool any_failed,
                           const Settings& settings) {
  const std::string words = words_about(reported);
  if (settings.behaviour.queue.plain_reports) return words;
  return part("text/plain", words) +
         part("message/delivery-status", status_fields(message, reported, settings)) +
         returned_part(message, any_failed) + fmt::format("--{}--\r\n", boundary);
}

/// The address in angle brackets of a message's From field (whom a report must not go to).
std::string address_in_from(const Message& message) {
  for (const std::string_view field : smtp::header_fields(message.content)) {
    const std::size_t open = field.find('<');
    const std::size_t close = field.find('>', open);
    const bool found = smtp::is_field(field, "From") && close != std::string_view::npos;
    if (found) return std::string(field.substr(open + 1, close - open - 1));
  }
  return message.reverse_path;
}

/// Whom a defect tells that mail from nobody failed.
std::string postmaster_of(const std::string& address) {
  return "postmaster" + address.substr(std::min(address.rfind('@'), address.size()));
}

/// The mailbox of a reverse-path: a route is left out (RFC 5321 6.1).
std::string whom_to_tell(const Message& message, const Reported& first, const Settings& settings) {
  if (settings.behaviour.queue.reports_to_header_from) return address_in_from(message);
  const std::string& path = message.reverse_path;
  if (path.empty()) return postmaster_of(first.recipient.address);
  return path.front() == '@' ? path.substr(path.find(':') + 1) : path;
}

}  // namespace

bool is_to_be_reported(const Recipient& recipient, const Outcome& outcome, const QueueBehaviour& behaviour) {
  if (behaviour.reports_nothing) return false;
  const bool is_never = smtp::equals_ignoring_case(recipient.notify, "NEVER");
  if (outcome.kind == Outcome::Kind::failed) {
    const bool is_wanted = recipient.notify.empty() || asks_for(recipient.notify, "FAILURE");
    return is_wanted || (is_never && behaviour.reports_despite_never);
  }
  if (outcome.kind != Outcome::Kind::delivered) return false;
  const bool is_asked = asks_for(recipient.notify, "SUCCESS") && !behaviour.no_relayed_reports;
  return (is_asked && !outcome.dsn_passed_on) || behaviour.reports_unasked_success;
}

std::optional<Message> report_about(const Message& message, const std::vector<Reported>& reported,
                                    const Settings& settings) {
  const bool nobody_to_tell = message.reverse_path.empty() && !settings.behaviour.queue.reports_on_reports;
  if (reported.empty() || nobody_to_tell) return std::nullopt;
  bool any_failed = false;
  for (const Reported& each : reported) any_failed = any_failed || each.outcome.kind == Outcome::Kind::failed;
  const std::string to = whom_to_tell(message, reported.front(), settings);
  Message report;
  if (settings.behaviour.queue.reports_with_sender) report.reverse_path = "postmaster@" + settings.ehlo_name;
  report.recipients.push_back({to});
  report.content =
      header_of_report(to, any_failed, settings) + body_of_report(message, reported, any_failed, settings);
  report.smtp_utf8 = message.smtp_utf8;
  report.require_tls = message.require_tls;  // RFC 8689 section 5
  return report;
}

}  // namespace smtpspec::sender
