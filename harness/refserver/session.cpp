// SPDX-License-Identifier: Apache-2.0
#include "refserver/session.hpp"

#include <utility>

#include <fmt/core.h>

#include "smtp/letter_case.hpp"

namespace smtpspec::refserver {

struct Session::Verb {
  std::string_view name;
  void (Session::*handle)(const smtp::Command& command);
  bool eight_bit = false;  ///< may carry UTF-8 under SMTPUTF8
};

namespace {

smtp::LinePolicy line_policy(const ParsingBehaviour& behaviour) {
  if (behaviour.cr_ends_command) return smtp::LinePolicy::lf_and_cr_too;
  return behaviour.lf_ends_command ? smtp::LinePolicy::lf_too : smtp::LinePolicy::crlf_only;
}

std::string_view without_trailing_space(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

const Session::Verb* Session::find_verb(std::string_view name) {
  static const Verb verbs[] = {
      {"EHLO", &Session::ehlo},
      {"HELO", &Session::helo},
      {"LHLO", &Session::lhlo},
      {"MAIL", &Session::mail, true},
      {"RCPT", &Session::rcpt, true},
      {"DATA", &Session::data},
      {"BDAT", &Session::bdat},
      {"RSET", &Session::rset},
      {"NOOP", &Session::noop},
      {"QUIT", &Session::quit},
      {"VRFY", &Session::vrfy, true},
      {"HELP", &Session::help},
      {"STARTTLS", &Session::starttls},
      {"AUTH", &Session::auth},
      {"EXPN", &Session::not_implemented, true},
      {"SEND", &Session::not_implemented},
      {"SOML", &Session::not_implemented},
      {"SAML", &Session::not_implemented},
      {"TURN", &Session::not_implemented},
  };
  for (const Verb& verb : verbs) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

Session::Session(std::shared_ptr<const Configuration> configuration, Service service,
                 std::string client_literal, DeliveryStore& store)
    : configuration_(std::move(configuration)),
      service_(service),
      client_literal_(std::move(client_literal)),
      store_(store),
      lines_(line_policy(configuration_->behaviour.parsing)) {}

Turn Session::greet() {
  const std::string_view protocol = service_ == Service::lmtp ? "LMTP" : "ESMTP";
  const std::string name = behaviour().replies.no_host_name ? "***" : policy().host_name;
  say({220, "", fmt::format("{} {} smtpspec reference server", name, protocol)});
  return finish_turn();
}

Turn Session::feed(std::string_view octets) {
  lines_.feed(octets);
  while (then_ == Turn::Then::read && advance()) {
  }
  const bool cut_short = then_ == Turn::Then::read && mode_ == Mode::commands && !lines_.pending().empty();
  if (cut_short && behaviour().parsing.segment_ends_command) {
    const std::string rest(lines_.pending());
    lines_.clear();
    take_command(rest, smtp::Ending::crlf);
  }
  return finish_turn();
}

Turn Session::timed_out() {
  verb_ = "timeout";
  say({421, "4.4.2", fmt::format("{} Nothing was said for too long", policy().host_name)});
  then_ = Turn::Then::close;
  return finish_turn();
}

Turn Session::shutting_down() {
  verb_ = "shutdown";
  if (!behaviour().connection.shutdown_says_nothing)
    say({421, "4.3.2", fmt::format("{} Shutting down", policy().host_name)});
  then_ = Turn::Then::close;
  return finish_turn();
}

void Session::connection_lost() {
  const DeliveryBehaviour& knobs = behaviour().delivery;
  if (mode_ == Mode::content && knobs.partial_on_loss) deliver(content_->take_content());
  if (mode_ == Mode::commands && transaction_ && knobs.empty_on_loss) deliver({});
}

/// Takes one command, line of an exchange, or piece of content; false when more octets are needed.
bool Session::advance() {
  switch (mode_) {
    case Mode::commands:
    case Mode::sasl:
      return take_line();
    case Mode::content:
      return take_content();
    case Mode::chunk:
      return take_chunk();
  }
  return false;
}

bool Session::take_line() {
  if (skips_lf_ && !lines_.pending().empty()) {
    if (lines_.pending().front() == '\n') lines_.consume(1);
    skips_lf_ = false;
  }
  const auto line = lines_.next();
  if (!line) return false;
  const std::size_t octets = line->text.size() + smtp::bytes_of(line->ending).size();
  const bool is_auth = mode_ == Mode::sasl || smtp::equals_ignoring_case(line->text.substr(0, 5), "AUTH ");
  const Limits& limits = policy().limits;
  const std::size_t bound = is_auth ? limits.auth_octets : limits.command_octets;
  if (line->overlong || in_long_line_ || octets > bound) {
    take_long_line(*line);
  } else if (mode_ == Mode::sasl) {
    take_sasl_line(std::string(line->text));
  } else if (!hold_command(line->text, line->ending)) {
    take_command(std::string(line->text), line->ending);
  }
  return true;
}

/// One reply for the whole line, once its CRLF is there (RFC 5321 4.5.3.1.9).
void Session::take_long_line(const smtp::LineView& line) {
  if (behaviour().parsing.long_line_hangs) {
    then_ = Turn::Then::hang;
    return;
  }
  if (behaviour().parsing.long_line_runs_over) {
    const std::string text(line.text);
    for (std::size_t at = 0; at < text.size(); at += policy().limits.command_octets) {
      take_command(std::string_view(text).substr(at, policy().limits.command_octets), smtp::Ending::crlf);
    }
    return;
  }
  in_long_line_ = line.ending == smtp::Ending::none;
  long_line_octets_ += line.text.size();
  const std::uint64_t most = policy().limits.surplus_octets;
  if (in_long_line_ && long_line_octets_ > most) give_up("a line", most);
  if (in_long_line_) return;
  long_line_octets_ = 0;
  if (mode_ == Mode::sasl) return end_exchange({500, "5.5.6", "Line too long"});  // RFC 4954 section 4
  verb_.clear();
  say({500, "5.5.2", "Line too long"});
}

void Session::take_command(std::string_view text, smtp::Ending ending) {
  std::string_view kept = without_trailing_space(text);
  if (behaviour().parsing.lf_ends_command || behaviour().parsing.cr_ends_command) ending = smtp::Ending::crlf;
  const std::size_t nul = kept.find('\0');
  if (nul != std::string_view::npos && behaviour().parsing.nul_ends_command) {
    const std::string rest(kept.substr(nul + 1));
    take_command(std::string(kept.substr(0, nul)), ending);
    return take_command(rest, ending);
  }
  const smtp::Command command = smtp::parse_command(smtp::LineView{kept, ending});
  verb_ = command.verb;
  if (kept.size() != text.size() && behaviour().parsing.refuses_trailing_space) {
    return say({501, "5.5.4", "White space at the end"});
  }
  dispatch(command);
}

void Session::dispatch(const smtp::Command& command) {
  if (!command.verb.empty() && command.verb == behaviour().connection.killing_verb) {
    then_ = Turn::Then::die;
    return;
  }
  if (const auto refusal = refuse_by_faults(command)) {
    if (behaviour().connection.error_closes) then_ = Turn::Then::close;
    return say(*refusal);
  }
  const Verb* verb = find_verb(command.verb);
  const bool is_written_so = command.line.rfind(command.verb, 0) == 0;
  if (!is_written_so && behaviour().parsing.verbs_in_upper_case_alone) verb = nullptr;
  if (verb != nullptr) return (this->*verb->handle)(command);
  if (behaviour().parsing.unknown_commands_succeed) return say({250, "2.0.0", "OK"});
  say({500, "5.5.1", "Unknown command"});
  if (behaviour().connection.error_closes) then_ = Turn::Then::close;
}

std::optional<ServerReply> Session::refuse_by_faults(const smtp::Command& command) const {
  const bool is_client_name = command.verb == "EHLO" || command.verb == "HELO";
  if (is_client_name && behaviour().parsing.takes_any_hello) return std::nullopt;
  const Verb* verb = find_verb(command.verb);
  const bool may_be_utf8 = verb != nullptr && verb->eight_bit && has(Feature::smtp_utf8);
  for (const smtp::CommandFault fault : command.faults) {
    if (fault == smtp::CommandFault::eight_bit && may_be_utf8) continue;
    return ServerReply(500, "5.5.2", fmt::format("Syntax error ({})", smtp::to_string(fault)));
  }
  const bool is_hello = command.verb == "EHLO" || command.verb == "HELO" || command.verb == "QUIT";
  if (behaviour().transaction.needs_hello_for_everything && hello_ == Hello::none && !is_hello) {
    return ServerReply(503, "5.5.1", "Say EHLO first");
  }
  return std::nullopt;
}

/// What a protocol asks for can't be switched off there: PIPELINING, ENHANCEDSTATUSCODES and 8BITMIME in LMTP
/// (RFC 2033 section 5; the last is a SHOULD), AUTH on submission (RFC 6409 section 7).
bool Session::has(Feature feature) const {
  const bool is_asked_of_lmtp = feature == Feature::pipelining || feature == Feature::enhanced_status_codes ||
                                feature == Feature::eight_bit_mime;
  if (service_ == Service::lmtp && is_asked_of_lmtp) return true;
  if (service_ == Service::submission && feature == Feature::auth) return true;
  return configuration_->features.has(feature);
}

/// For commands that take none (RFC 5321 4.1.1).
bool Session::refuse_argument(const smtp::Command& command) {
  if (!command.has_argument || behaviour().parsing.takes_arguments_anywhere) return false;
  say({501, "5.5.4", fmt::format("{} takes no argument", command.verb)});
  return true;
}

void Session::say(const ServerReply& reply) {
  replies_.push_back(write_reply(reply, verb_, has(Feature::enhanced_status_codes), behaviour().replies));
}

Turn Session::finish_turn() {
  Turn turn{write_group(std::move(replies_), behaviour().replies, held_reply_), then_};
  replies_.clear();
  return turn;
}

}  // namespace smtpspec::refserver
