// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "sender/dialogue.hpp"
#include "smtp/base64.hpp"
#include "smtp/command.hpp"

namespace smtpspec::sender {

namespace {

constexpr std::array<std::string_view, 17> registered_keywords = {
    "8BITMIME",   "AUTH", "BINARYMIME", "BURL",     "CHUNKING", "DELIVERBY",
    "DSN",        "ETRN", "EXPN",       "HELP",     "LIMITS",   "ENHANCEDSTATUSCODES",
    "PIPELINING", "SIZE", "SMTPUTF8",   "STARTTLS", "VRFY"};

bool is_registered(const smtp::Capability& capability) {
  return std::find(registered_keywords.begin(), registered_keywords.end(), capability.keyword) !=
         registered_keywords.end();
}

bool is_in_upper_case(const smtp::Capability& capability) {
  return capability.line.compare(0, capability.keyword.size(), capability.keyword) == 0;
}

}  // namespace

void Dialogue::on_greeting(const smtp::Reply& reply, Meaning meaning) {
  const bool has_spoken = behaviour().session.speaks_before_greeting;
  if (meaning == Meaning::success || behaviour().session.ignores_greeting_code) {
    if (!has_spoken) say_hello(!behaviour().session.helo_first);
    return;
  }
  give_up(reply, meaning);
}

void Dialogue::say_hello(bool extended) {
  extended_ = extended;
  say(extended ? Asked::ehlo : Asked::helo,
      smtp::build_command(extended ? "EHLO" : "HELO", hello_argument()));
}

std::string Dialogue::hello_argument() const {
  const SessionBehaviour& session = behaviour().session;
  if (session.nameless_hello) return {};
  const std::string name = settings_->ehlo_name;
  return (session.unqualified_name ? name.substr(0, name.find('.')) : name) + std::string(session.after_name);
}

void Dialogue::on_hello(const smtp::Reply& reply, Meaning meaning) {
  if (meaning == Meaning::success) {
    const smtp::Capabilities read = read_capabilities(reply);
    if (peer_name_.empty()) peer_name_ = read.domain;
    if (extended_) offered_ = read;
    return after_hello();
  }
  // An old server doesn't know EHLO (RFC 5321 3.2, 4.1.4).
  const bool falls_back = extended_ && meaning == Meaning::never && !behaviour().session.no_helo_fallback;
  if (falls_back) return say_hello(false);
  give_up(reply, meaning);
}

smtp::Capabilities Dialogue::read_capabilities(const smtp::Reply& reply) const {
  const ReplyBehaviour& replies = behaviour().replies;
  smtp::Capabilities read = smtp::parse_capabilities(reply);
  auto& keywords = read.keywords;
  if (replies.keyword_case_matters)
    std::erase_if(keywords, [](const auto& k) { return !is_in_upper_case(k); });
  const bool confused =
      replies.unknown_keyword_confuses && !std::all_of(keywords.begin(), keywords.end(), is_registered);
  if (confused) keywords.clear();
  if (keywords.size() > replies.keywords_read) keywords.resize(replies.keywords_read);
  return read;
}

void Dialogue::after_hello() {
  if (wants_tls()) return start_tls();
  if (!is_protected_enough()) {
    return give_up(Outcome::Kind::deferred,
                   "454 4.7.0 the server could not be spoken to as safely as it has to be");
  }
  if (wants_auth()) return say_auth();
  begin_transaction();
}

bool Dialogue::begins_with_tls() const {
  const bool is_asked_for = tls().at_once && tls().policy != TlsPolicy::never;
  return is_asked_for && !tls_given_up_ && !behaviour().security.never_at_once;
}

bool Dialogue::wants_tls() const {
  const SecurityBehaviour& security = behaviour().security;
  if (tls().policy == TlsPolicy::never || tls_given_up_) return false;
  if (protection_.encrypted && !security.starttls_again) return false;
  return offered_.has("STARTTLS") || security.starttls_unoffered;
}

bool Dialogue::is_protected_enough() const {
  const SecurityBehaviour& security = behaviour().security;
  switch (tls().policy) {
    case TlsPolicy::never:
    case TlsPolicy::opportunistic:
      return true;
    case TlsPolicy::required:
      return protection_.encrypted || security.clear_though_required;
    case TlsPolicy::verified:
      return protection_.verified || security.clear_though_required ||
             (security.trusts_any_certificate && protection_.encrypted);
  }
  return false;
}

void Dialogue::start_tls() {
  tls_given_up_ = protection_.encrypted;  // asked again inside TLS (a defect): once
  say(Asked::starttls, "STARTTLS");
  if (behaviour().security.speaks_behind_starttls) {
    output_ += smtp::build_command("EHLO", hello_argument()) + "\r\n";
  }
}

void Dialogue::on_starttls(Meaning meaning) {
  const bool goes_ahead = meaning == Meaning::success || behaviour().security.handshake_though_refused;
  if (!goes_ahead || protection_.encrypted) {
    tls_given_up_ = true;
    return after_hello();
  }
  then_ = Turn::Then::start_tls;
  has_kept_octets_ = behaviour().security.keeps_clear_octets && !lines_.pending().empty();
  if (!has_kept_octets_) lines_.clear();  // RFC 3207 4.2
}

bool Dialogue::wants_auth() const {
  if (!credentials() || authenticated_) return false;
  const bool is_safe = protection_.verified || credentials()->in_clear || behaviour().security.auth_in_clear;
  return is_safe && offered_.offers("AUTH", "PLAIN");
}

void Dialogue::say_auth() {
  const std::string line = "AUTH PLAIN " + auth_response();
  const bool fits = line.size() + 2 <= smtp::max_command_octets;  // RFC 4954 section 4
  auth_answered_ = fits && !behaviour().security.answers_bad_challenge;
  say(Asked::auth, fits ? line : "AUTH PLAIN");
  if (behaviour().security.speaks_behind_auth) output_ += "NOOP\r\n";
}

std::string Dialogue::auth_response() const {
  using namespace std::string_literals;
  const std::string begin = behaviour().security.plain_without_nul ? ""s : "\0"s;
  return smtp::encode_base64(begin + credentials()->user + "\0"s + credentials()->password);  // RFC 4616
}

void Dialogue::on_auth(const smtp::Reply& reply, Meaning meaning) {
  if (meaning == Meaning::success) {
    authenticated_ = true;
    return begin_transaction();
  }
  // The credentials are at fault, not the mail.
  if (meaning != Meaning::more || auth_cancelled_) return give_up(reply, Meaning::later);
  const bool readable = reply.lines.size() == 1 && smtp::decode_base64(reply.lines.front().text());
  const bool answers = !auth_answered_ && (readable || behaviour().security.answers_bad_challenge);
  auth_answered_ = true;
  auth_cancelled_ = !answers;
  say(Asked::auth_answer, answers ? auth_response() : "*");  // RFC 4954 section 4: "*" cancels
}

}  // namespace smtpspec::sender
