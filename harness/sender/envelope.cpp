// SPDX-License-Identifier: Apache-2.0
#include "sender/envelope.hpp"

#include <algorithm>
#include <string_view>
#include <variant>

#include <fmt/core.h>

#include "smtp/path.hpp"

namespace smtpspec::sender {

namespace {

std::string folded(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string with_folded_local_part(const std::string& address) {
  const std::size_t at = std::min(address.rfind('@'), address.size());
  return folded(address.substr(0, at)) + address.substr(at);
}

std::string unquoted(const std::string& address) {
  const auto mailbox = smtp::parse_mailbox(address, smtp::AddressCharset::utf8);
  const auto* parsed = std::get_if<smtp::Mailbox>(&mailbox);
  return parsed == nullptr ? address : parsed->local_part + "@" + parsed->domain;
}

/// The mailbox between the brackets. A source route is left out (RFC 5321 3.6.1).
std::string mailbox_text(const std::string& address, const CommandBehaviour& behaviour) {
  std::string text = address;
  const std::size_t route_end = text.find(':');
  if (!text.empty() && text.front() == '@' && route_end != std::string::npos) text.erase(0, route_end + 1);
  if (behaviour.loses_quotes) text = unquoted(text);
  return behaviour.folds_local_part ? with_folded_local_part(text) : text;
}

std::string path_text(std::string_view prefix, const std::string& mailbox, std::string_view route,
                      const CommandBehaviour& behaviour) {
  if (behaviour.no_brackets && !mailbox.empty()) {
    return fmt::format("{}{}{}{}", prefix, behaviour.after_colon, route, mailbox);
  }
  return fmt::format("{}{}<{}{}>", prefix, behaviour.after_colon, route, mailbox);
}

void add(std::string& line, std::string_view keyword, std::string_view value) {
  if (value.empty()) return;
  line += fmt::format(" {}={}", keyword, value);
}

std::string_view body_value(const Message& message, const Needs& needs) {
  if (needs.binary) return "BINARYMIME";
  if (message.body == Body::eight_bit_mime || needs.eight_bit) return "8BITMIME";
  return message.body == Body::seven_bit ? "7BIT" : "";
}

bool sends_dsn(const smtp::Capabilities& offered, const CommandBehaviour& behaviour) {
  return (offered.has("DSN") || behaviour.dsn_unoffered) && !behaviour.drops_dsn;
}

void add_size(std::string& line, const Needs& needs, const CommandBehaviour& behaviour) {
  add(line, "SIZE", std::to_string(needs.octets));
  if (behaviour.size_twice) add(line, "SIZE", std::to_string(needs.octets));
}

/// No space and no control character (RFC 5321 4.1.2 esmtp-value); UTF-8 as RFC 6531 3.3 lets it be.
bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
}

bool is_path(const std::string& address, smtp::PathKind kind) {
  const std::string path = "<" + address + ">";
  const auto parsed = smtp::parse_path(path, kind, smtp::AddressCharset::utf8);
  const auto* good = std::get_if<smtp::Path>(&parsed);
  return good != nullptr && good->original.size() == path.size();
}

}  // namespace

std::string mail_line(const Message& message, const Needs& needs, const smtp::Capabilities& offered,
                      const CommandBehaviour& behaviour) {
  std::string sender = mailbox_text(message.reverse_path, behaviour);
  if (sender.empty()) sender = behaviour.null_sender_becomes;
  std::string line = path_text("MAIL FROM:", sender,
                               sender.empty() ? std::string_view{} : behaviour.reverse_route, behaviour);
  const bool says_size = offered.has("SIZE") && !behaviour.says_no_size;
  if (says_size || behaviour.size_unoffered) add_size(line, needs, behaviour);
  const bool may_say_body = offered.has("8BITMIME") || (needs.binary && offered.has("BINARYMIME"));
  if (may_say_body && !behaviour.forgets_body) add(line, "BODY", body_value(message, needs));
  if (!may_say_body && behaviour.body_unoffered) add(line, "BODY", "8BITMIME");
  const bool says_utf8 = needs.utf8 && offered.has("SMTPUTF8") && !behaviour.forgets_utf8;
  if (says_utf8 || behaviour.utf8_unoffered) line += " SMTPUTF8";
  if (needs.protection && offered.has("REQUIRETLS")) line += " REQUIRETLS";
  if (sends_dsn(offered, behaviour)) {
    add(line, "RET", message.ret);
    add(line, "ENVID", message.envid.empty() ? behaviour.invented_envid : std::string_view(message.envid));
    if (!offered.has("DSN") && message.ret.empty()) add(line, "RET", "HDRS");
  }
  return line;
}

std::string rcpt_line(const Recipient& recipient, const smtp::Capabilities& offered,
                      const CommandBehaviour& behaviour) {
  std::string line =
      path_text("RCPT TO:", mailbox_text(recipient.address, behaviour), behaviour.source_route, behaviour);
  if (!sends_dsn(offered, behaviour)) return line;
  add(line, "NOTIFY",
      recipient.notify.empty() ? behaviour.invented_notify : std::string_view(recipient.notify));
  add(line, "ORCPT", behaviour.folds_orcpt ? folded(recipient.orcpt) : recipient.orcpt);
  return line;
}

std::optional<std::string> fault_of_envelope(const Message& message) {
  if (message.recipients.empty()) return "no recipient";
  if (!is_path(message.reverse_path, smtp::PathKind::reverse)) return "the reverse-path is malformed";
  if (!is_value(message.ret) || !is_value(message.envid)) return "a parameter of MAIL is malformed";
  for (const Recipient& recipient : message.recipients) {
    if (!is_path(recipient.address, smtp::PathKind::forward)) return "a forward-path is malformed";
    if (!is_value(recipient.notify) || !is_value(recipient.orcpt)) return "a parameter of RCPT is malformed";
  }
  return std::nullopt;
}

}  // namespace smtpspec::sender
