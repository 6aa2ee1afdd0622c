// SPDX-License-Identifier: Apache-2.0
#include "refserver/trace.hpp"

#include <array>
#include <ctime>

#include <fmt/core.h>

#include "smtp/header_block.hpp"

namespace smtpspec::refserver {

namespace {

constexpr std::array<const char*, 7> day_names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// One path at most, and none when the others would be told (RFC 5321 4.4, 7.6).
std::string for_clause(const Transaction& transaction, const DeliveryBehaviour& behaviour) {
  const auto& recipients = transaction.recipients;
  if (recipients.size() != 1 && !behaviour.received_names_all) return {};
  std::string clause;
  for (const Recipient& recipient : recipients) {
    clause += fmt::format("{}<{}>", clause.empty() ? "\r\n\tfor " : ", ", recipient.mailbox.original);
  }
  return clause;
}

std::string received_field(const Transaction& transaction, const TraceFacts& facts,
                           const DeliveryBehaviour& behaviour) {
  std::string field = "Received: ";
  if (!behaviour.received_without_from) {
    field += fmt::format("from {}", facts.session.hello.empty() ? "unknown" : facts.session.hello);
    if (!facts.client_literal.empty()) field += fmt::format(" ({})", facts.client_literal);
    field += "\r\n\t";
  }
  field += fmt::format("by {} with {} id {}", facts.host_name, facts.session.protocol, facts.message_id);
  field += for_clause(transaction, behaviour);
  if (!facts.session.tls_cipher.empty()) field += "\r\n\ttls " + facts.session.tls_cipher;  // RFC 8314 7.4
  return field + ";\r\n\t" + date_now(behaviour.two_digit_year) + "\r\n";
}

std::string return_path_field(const Transaction& transaction, const DeliveryBehaviour& behaviour) {
  smtp::Mailbox sender = transaction.reverse_path.mailbox;
  if (behaviour.folds_reverse_path) {
    for (char& c : sender.original) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return fmt::format("Return-Path: <{}>\r\n", sender.original);
}

}  // namespace

std::string date_now(bool two_digit_year) {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  const int year = utc.tm_year + 1900;
  return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0000", day_names[static_cast<std::size_t>(utc.tm_wday)],
                     utc.tm_mday, month_names[static_cast<std::size_t>(utc.tm_mon)],
                     two_digit_year ? year % 100 : year, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string address_literal(std::string_view address) {
  if (address.find(':') == std::string_view::npos) return fmt::format("[{}]", address);
  return fmt::format("[IPv6:{}]", address);
}

std::string with_trace(const std::string& content, const Transaction& transaction, bool is_final,
                       const TraceFacts& facts, const DeliveryBehaviour& behaviour) {
  std::string body = behaviour.removes_old_received ? smtp::without_fields(content, "Received") : content;
  // Only one Return-Path is to result, and this host knows it (RFC 5321 4.4).
  if (is_final && !behaviour.keeps_foreign_return_path) body = smtp::without_fields(body, "Return-Path");
  std::string message;
  for (unsigned i = 0; is_final && i < behaviour.return_paths; ++i) {
    message += return_path_field(transaction, behaviour);
  }
  const std::string received =
      behaviour.adds_received ? received_field(transaction, facts, behaviour) : std::string{};
  if (behaviour.received_below) {
    body.insert(smtp::header_size(body), received);
  } else {
    message += received;
  }
  return message + body;
}

}  // namespace smtpspec::refserver
