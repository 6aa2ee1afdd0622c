// SPDX-License-Identifier: Apache-2.0
#include "refserver/success_notification.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "refserver/trace.hpp"
#include "smtp/header_block.hpp"

namespace smtpspec::refserver {

namespace {

constexpr std::string_view boundary = "=_smtpspec_report";

bool wants_notice(const Recipient& recipient) {
  return recipient.is_local && recipient.parameters.notify_success;
}

/// One group of fields for each recipient (RFC 3464 2.3).
std::string recipient_fields(const Transaction& transaction) {
  const std::string_view type = transaction.parameters.smtp_utf8 ? "utf-8" : "rfc822";
  std::string fields;
  for (const Recipient& recipient : transaction.recipients) {
    if (!wants_notice(recipient)) continue;
    const std::string& original = recipient.parameters.original_recipient;
    fields += "\r\n";
    if (!original.empty()) fields += fmt::format("Original-Recipient: {}\r\n", original);
    fields += fmt::format("Final-Recipient: {}; {}\r\nAction: delivered\r\nStatus: 2.0.0\r\n", type,
                          recipient.mailbox.original);
  }
  return fields;
}

std::string status_fields(const Transaction& transaction, const std::string& host_name) {
  std::string fields = fmt::format("Reporting-MTA: dns; {}\r\n", host_name);
  const std::string& envelope_id = transaction.parameters.envelope_id;
  if (!envelope_id.empty()) fields += fmt::format("Original-Envelope-Id: {}\r\n", envelope_id);
  return fields + recipient_fields(transaction);
}

std::string part(std::string_view type, const std::string& text) {
  return fmt::format("--{}\r\nContent-Type: {}\r\n\r\n{}\r\n", boundary, type, text);
}

}  // namespace

std::optional<std::string> success_notification(const Transaction& transaction, const std::string& content,
                                                const std::string& host_name) {
  const auto& recipients = transaction.recipients;
  const bool is_wanted = std::any_of(recipients.begin(), recipients.end(), wants_notice);
  if (!is_wanted || transaction.reverse_path.is_null()) return std::nullopt;
  const bool utf8 = transaction.parameters.smtp_utf8;
  const std::string header =
      content.substr(0, smtp::header_size(content));  // RET is for failures (RFC 3461 4.3)
  return fmt::format(
             "Return-Path: <>\r\nFrom: Mail delivery <postmaster@{}>\r\nTo: <{}>\r\nDate: {}\r\n"
             "Subject: Delivered\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
             "Content-Type: multipart/report; report-type=delivery-status; boundary=\"{}\"\r\n\r\n",
             host_name, transaction.reverse_path.mailbox.original, date_now(false), boundary) +
         part("text/plain", "Your message was delivered.\r\n") +
         part(utf8 ? "message/global-delivery-status" : "message/delivery-status",
              status_fields(transaction, host_name)) +
         part(utf8 ? "message/global-headers" : "text/rfc822-headers", header) +
         fmt::format("--{}--\r\n", boundary);
}

}  // namespace smtpspec::refserver
