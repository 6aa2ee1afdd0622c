// SPDX-License-Identifier: Apache-2.0
// EHLO, HELO, LHLO (RFC 5321 4.1.1.1, RFC 2033 4.1).
#include <utility>

#include <fmt/core.h>

#include "refserver/session.hpp"
#include "smtp/path.hpp"

namespace smtpspec::refserver {

namespace {

/// A domain, or an address literal after which other words may stand (RFC 5321 4.1.1.1 asks to be prepared).
bool is_client_name(std::string_view argument) {
  if (smtp::is_domain(argument)) return argument.size() <= smtp::max_domain_octets;
  return smtp::is_address_literal(argument.substr(0, argument.find(' ')));
}

}  // namespace

bool Session::refuse_smtp_hello() {
  if (service_ != Service::lmtp || behaviour().parsing.lmtp_takes_ehlo) return false;
  say({500, "5.5.1", "This is LMTP: say LHLO"});
  return true;
}

void Session::ehlo(const smtp::Command& command) {
  if (refuse_smtp_hello()) return;
  greet_client(command, Hello::ehlo);
}

void Session::helo(const smtp::Command& command) {
  if (refuse_smtp_hello()) return;
  greet_client(command, Hello::helo);
}

void Session::lhlo(const smtp::Command& command) {
  if (service_ != Service::lmtp) return say({500, "5.5.1", "This is SMTP: say EHLO"});
  greet_client(command, Hello::lhlo);
}

void Session::greet_client(const smtp::Command& command, Hello kind) {
  const std::string_view argument = command.argument();
  const bool is_lenient = behaviour().parsing.takes_any_hello;
  if (!command.has_argument && !is_lenient) return refuse_hello("A domain or address literal is missing");
  const bool is_literal = argument.starts_with('[');
  const bool is_too_long = argument.size() > policy().limits.domain_octets;
  const bool is_refused = is_too_long || (is_literal && behaviour().parsing.refuses_address_literals);
  const bool is_name = !is_refused && is_client_name(argument);
  if (!is_name && !is_lenient) return refuse_hello("That is no domain or address literal");

  const TransactionBehaviour& knobs = behaviour().transaction;
  const bool keeps = kind == Hello::helo ? knobs.helo_keeps : knobs.ehlo_keeps;
  if (!keeps) transaction_.reset();
  hello_ = kind;
  hello_name_ = argument.substr(0, argument.find(' '));

  const ReplyBehaviour& replies = behaviour().replies;
  const std::string name = replies.no_host_name ? "***" : policy().host_name;
  // What is no name is not said back: there may be anything in it.
  ServerReply reply(250, "", is_name ? fmt::format("{} greets {}", name, hello_name_) : name + " greets you");
  const bool with_keywords = kind == Hello::helo ? replies.keywords_after_helo : !replies.no_keywords;
  if (with_keywords) {
    for (std::string& line : keyword_lines()) reply.lines.push_back(std::move(line));
  }
  say(reply);
}

/// A refused EHLO leaves everything as it was (RFC 5321 4.1.4).
void Session::refuse_hello(std::string text) {
  if (behaviour().transaction.bad_ehlo_resets) {
    transaction_.reset();
    hello_ = Hello::none;
  }
  say({501, "5.5.4", std::move(text)});
  if (behaviour().connection.bad_hello_closes) then_ = Turn::Then::close;
}

std::vector<std::string> Session::keyword_lines() const {
  std::vector<std::string> lines;
  for (const Feature feature : every_feature()) {
    if (!has(feature)) continue;
    std::string line(keyword_of(feature));
    if (feature == Feature::size) line += fmt::format(" {}", policy().limits.message_octets);
    if (feature == Feature::auth) line += fmt::format(" {}", sasl_mechanisms);
    const bool is_superfluous =
        feature == Feature::starttls && encrypted_ && !behaviour().security.offers_starttls_in_tls;
    const bool is_hidden = feature == Feature::help && behaviour().replies.hides_help;
    if (!is_superfluous && !is_hidden) lines.push_back(std::move(line));
  }
  if (behaviour().replies.bad_keyword) lines.emplace_back("=BAD=");
  return lines;
}

}  // namespace smtpspec::refserver
