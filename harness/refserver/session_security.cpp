// SPDX-License-Identifier: Apache-2.0
// STARTTLS (RFC 3207) and AUTH (RFC 4954).
#include <utility>
#include <variant>

#include <fmt/core.h>

#include "refserver/session.hpp"
#include "smtp/base64.hpp"
#include "smtp/letter_case.hpp"

namespace smtpspec::refserver {

namespace {

/// A decoder that skips what is no base64, as RFC 4954 section 4 forbids.
std::string decode_leniently(std::string_view text) {
  std::string alphabet_alone;
  for (const char c : text) {
    const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_letter || c == '+' || c == '/') alphabet_alone += c;
  }
  if (alphabet_alone.size() % 4 == 1) alphabet_alone.pop_back();
  while (alphabet_alone.size() % 4 != 0) alphabet_alone += '=';
  return smtp::decode_base64(alphabet_alone).value_or("");
}

}  // namespace

void Session::starttls(const smtp::Command& command) {
  if (!has(Feature::starttls) || behaviour().security.refuses_starttls) return not_implemented(command);
  if (refuse_argument(command)) return;
  if (encrypted_) return say({503, "5.5.1", "TLS is there already"});
  say({220, "2.0.0", "Begin the handshake"});
  then_ = Turn::Then::start_tls;
}

Turn Session::tls_established(std::string cipher) {
  const SecurityBehaviour& knobs = behaviour().security;
  const std::string clear(lines_.pending());
  const std::size_t last_end = clear.rfind("\r\n");
  const std::size_t lines = last_end == std::string::npos ? 0 : last_end + 2;
  lines_.clear();
  std::string kept;
  if (knobs.keeps_clear_lines) kept += clear.substr(0, lines);
  if (knobs.keeps_clear_fragment) kept += clear.substr(lines);

  encrypted_ = true;
  tls_cipher_ = std::move(cipher);
  then_ = Turn::Then::read;
  if (!knobs.keeps_identity_over_tls) identity_.clear();
  if (!knobs.keeps_state_over_tls) {
    hello_ = Hello::none;
    hello_name_.clear();
    transaction_.reset();
  }
  if (knobs.greets_after_tls) replies_.push_back(greet().output);
  return feed(kept);
}

void Session::auth(const smtp::Command& command) {
  const SecurityBehaviour& knobs = behaviour().security;
  if (!has(Feature::auth)) return not_implemented(command);
  if (!extended()) return say({503, "5.5.1", "Say EHLO first"});
  if (!identity_.empty() && !knobs.auth_twice) return say({503, "5.5.1", "You are authenticated"});
  if (transaction_ && !knobs.auth_in_transaction) return say({503, "5.5.1", "A transaction is open"});
  if (!command.has_argument) return say({501, "5.5.4", "A mechanism is missing"});

  const std::string_view argument = command.argument();
  const std::size_t space = argument.find(' ');
  const std::string_view mechanism = argument.substr(0, space);
  std::optional<std::string> initial_response;
  if (space != std::string_view::npos) initial_response = argument.substr(space + 1);
  if (!is_sasl_mechanism(mechanism)) return say({504, "5.5.4", "That mechanism is not offered"});
  begin_exchange(mechanism, std::move(initial_response));
}

void Session::begin_exchange(std::string_view mechanism, std::optional<std::string> initial_response) {
  const SecurityBehaviour& knobs = behaviour().security;
  if (knobs.ignores_initial_response) initial_response.reset();
  const bool server_first = is_server_first(mechanism);
  const bool is_login = smtp::equals_ignoring_case(mechanism, "LOGIN");
  if (server_first && !is_login && knobs.takes_any_initial_response) initial_response.reset();
  if (server_first && !is_login && initial_response) {
    return say({501, "5.7.0", "The server speaks first in that mechanism"});
  }
  exchange_ = std::make_unique<SaslExchange>(mechanism, policy());
  sasl_success_.reset();
  mode_ = Mode::sasl;
  if (!server_first && !initial_response) return challenge("");
  if (server_first) {
    const auto first = exchange_->step({});
    const auto* question = std::get_if<SaslExchange::Challenge>(&first);
    if (question == nullptr) return end_exchange({454, "4.7.0", "The mechanism does not work now"});
    if (!initial_response) return challenge(question->octets);  // LOGIN's name may come with the command
  }
  take_sasl_line(*initial_response == "=" ? std::string_view{} : std::string_view(*initial_response));
}

/// One line of the client's: base64, `*` to cancel.
void Session::take_sasl_line(std::string_view line) {
  const SecurityBehaviour& knobs = behaviour().security;
  verb_ = "AUTH";
  if (line == "*" && !knobs.ignores_cancel) return end_exchange({501, "5.7.0", "Cancelled"});
  const auto decoded =
      knobs.skips_bad_base64 || knobs.ignores_cancel ? decode_leniently(line) : smtp::decode_base64(line);
  if (!decoded) return end_exchange({501, "5.5.2", "That is no base64"});
  if (sasl_success_) {
    if (!decoded->empty()) return end_exchange({501, "5.5.2", "Nothing was left to say"});
    identity_ = *sasl_success_;
    return end_exchange({235, "2.7.0", "Authenticated"});
  }
  step_exchange(*decoded);
}

void Session::step_exchange(std::string_view octets) {
  auto outcome = exchange_->step(octets);
  if (const auto* question = std::get_if<SaslExchange::Challenge>(&outcome)) {
    return challenge(question->octets);
  }
  const auto* success = std::get_if<SaslExchange::Success>(&outcome);
  if (success == nullptr && !behaviour().security.takes_any_password) {
    end_exchange({535, "5.7.8", "Authentication failed"});
    if (behaviour().security.closes_after_failure) then_ = Turn::Then::close;
    return;
  }
  const std::string identity = success == nullptr ? policy().auth_user : success->identity;
  if (success != nullptr && !success->last_octets.empty()) {
    sasl_success_ = identity;
    return challenge(success->last_octets);
  }
  identity_ = identity;
  end_exchange({235, "2.7.0", "Authenticated"});
}

void Session::end_exchange(const ServerReply& reply) {
  exchange_.reset();
  sasl_success_.reset();
  mode_ = Mode::commands;
  verb_ = "AUTH";
  say(reply);
}

void Session::challenge(std::string_view octets) {
  verb_ = "AUTH";
  const bool is_chatty = octets.empty() && behaviour().security.chatty_challenge;
  say({334, "", is_chatty ? "Go on, please" : smtp::encode_base64(octets)});
}

}  // namespace smtpspec::refserver
