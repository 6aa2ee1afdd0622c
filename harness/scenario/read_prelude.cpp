// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "scenario/read_parts.hpp"

namespace smtpspec::scenario {
namespace {

using From = Prelude::From;

From from_word(const std::string& word) {
  if (word == "connect") return From::connect;
  if (word == "greeting") return From::greeting;
  if (word == "helo") return From::helo;
  if (word == "mail") return From::mail;
  if (word == "rcpt") return From::rcpt;
  if (word == "data") return From::data;
  return From::ehlo;
}

const std::vector<std::string> facts{
    "credentials", "mailbox",      "rejected-recipient", "relay",   "tls",    "queue",
    "flush",       "kill",         "terminate",          "restart", "reload", "fill",
    "free",        "instructions", "submission-command"};

bool is_keyword(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::optional<std::int64_t> amount_in(std::string_view text) {
  std::int64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || amount < 1)
    return std::nullopt;
  return amount;
}

std::optional<Need> parse_need(const std::string& text) {
  Need need;
  need.text = text;
  std::string_view rest = text;
  need.absent = rest.starts_with('!');
  if (need.absent) rest.remove_prefix(1);
  const auto space = rest.find(' ');
  const auto word = rest.substr(0, space);
  const auto parameter = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
  if (word == "recipients") {
    const auto amount = amount_in(parameter);
    need.fact = word;
    need.amount = amount.value_or(0);
    return amount ? std::optional(need) : std::nullopt;
  }
  if (std::find(facts.begin(), facts.end(), word) != facts.end() && parameter.empty()) {
    need.fact = word;
    return need;
  }
  if (!is_keyword(word) || (space != std::string_view::npos && parameter.empty())) return std::nullopt;
  need.keyword = word;
  need.parameter = parameter;
  return need;
}

}  // namespace

Prelude read_prelude(const TableReader& table) {
  Prelude prelude;
  prelude.from = from_word(table.text("from"));
  prelude.tls = table.flag("tls").value_or(false);
  prelude.auth = table.flag("auth").value_or(false);
  prelude.helo = table.flag("helo").value_or(false);
  prelude.mail_parameters = table.octets("mail_parameters");
  prelude.sender = table.octets("sender");
  prelude.recipients = table.octet_list("recipients");
  const bool says_helo = prelude.helo || prelude.from == From::helo;
  if (says_helo && prelude.mail_parameters) {
    table.problem("mail_parameters", "behind HELO a MAIL command has no parameters",
                  "leave `helo` or the parameters out");
  }
  return prelude;
}

void read_needs(const TableReader& table, std::vector<Need>& into) {
  auto known = facts;
  known.emplace_back("recipients");
  for (const auto& text : table.texts("needs")) {
    auto need = parse_need(text);
    if (need) {
      into.push_back(std::move(*need));
    } else {
      table.problem("needs", fmt::format("'{}' is nothing that a target can offer", text),
                    did_you_mean(text, known) +
                        "write an EHLO keyword in capitals (\"AUTH PLAIN\"), or credentials, mailbox, "
                        "rejected-recipient, relay, tls, queue, \"recipients 100\", an action on the target "
                        "(flush, kill, "
                        "terminate, restart, reload, fill, free); `!` before it: must not");
    }
  }
}

}  // namespace smtpspec::scenario
