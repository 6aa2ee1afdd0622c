// SPDX-License-Identifier: Apache-2.0
// Commands beside the transaction: RSET, NOOP, QUIT, VRFY, HELP, and those that are known and not
// implemented.
#include <algorithm>
#include <variant>

#include <fmt/core.h>

#include "refserver/addressee.hpp"
#include "refserver/session.hpp"
#include "smtp/letter_case.hpp"

namespace smtpspec::refserver {

namespace {

/// What VRFY asks about: a mailbox with or without brackets, or a local part alone.
struct Question {
  std::string_view name;
  bool smtp_utf8;  ///< the word that allows UTF-8 in the answer (RFC 6531 3.7.4.2)
};

Question read_question(std::string_view argument) {
  constexpr std::string_view word = " SMTPUTF8";
  const std::size_t at = argument.size() - std::min(argument.size(), word.size());
  const bool utf8 = smtp::equals_ignoring_case(argument.substr(at), word);
  if (utf8) argument = argument.substr(0, at);
  const bool in_brackets = argument.size() > 2 && argument.front() == '<' && argument.back() == '>';
  if (in_brackets) argument = argument.substr(1, argument.size() - 2);
  return {argument, utf8};
}

bool has_eight_bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}

}  // namespace

void Session::rset(const smtp::Command& command) {
  if (refuse_argument(command)) return;
  const bool chunks_stay = transaction_ && behaviour().chunks.survive_rset;
  if (chunks_stay) stale_chunks_ = transaction_->chunks;
  if (!behaviour().transaction.rset_keeps) transaction_.reset();
  if (behaviour().transaction.rset_resets_hello) hello_ = Hello::none;
  say({250, "2.0.0", "OK"});
  if (behaviour().connection.rset_closes) then_ = Turn::Then::close;
}

void Session::noop(const smtp::Command&) {
  if (behaviour().transaction.noop_resets) transaction_.reset();
  say({250, "2.0.0", "OK"});
}

void Session::quit(const smtp::Command& command) {
  if (refuse_argument(command)) return;
  const ConnectionBehaviour& knobs = behaviour().connection;
  if (!knobs.quit_closes_silently) say({221, "2.0.0", fmt::format("{} says goodbye", policy().host_name)});
  if (!knobs.quit_keeps) then_ = Turn::Then::close;
}

void Session::vrfy(const smtp::Command& command) {
  if (!command.has_argument && !behaviour().parsing.vrfy_believes_everything) {
    return say({501, "5.5.4", "A name is missing"});
  }
  if (behaviour().transaction.vrfy_resets) transaction_.reset();
  if (!has(Feature::vrfy)) {
    return say({252, "2.5.0", "Not verified; send some mail and see"});  // RFC 5321 7.3
  }
  const Question question = read_question(command.argument());
  const std::string full_name = question.name.find('@') == std::string_view::npos && !question.name.empty()
                                    ? fmt::format("{}@{}", question.name, policy().domain)
                                    : std::string(question.name);
  if (behaviour().parsing.vrfy_believes_everything) {
    return say({250, "2.1.5", fmt::format("<{}>", full_name)});
  }
  const auto parsed = smtp::parse_mailbox(full_name, smtp::AddressCharset::utf8);
  const auto* mailbox = std::get_if<smtp::Mailbox>(&parsed);
  if (mailbox == nullptr) return say({501, "5.1.3", "That is no mailbox"});
  switch (find_addressee(*mailbox, *configuration_)) {
    case Addressee::local:
      if (has_eight_bit(full_name) && !question.smtp_utf8) {
        return say({252, "2.6.8", "The answer needs SMTPUTF8"});
      }
      if (behaviour().replies.vrfy_without_mailbox) return say({250, "2.1.5", "Such a user exists"});
      return say({250, "2.1.5", fmt::format("<{}>", full_name)});
    case Addressee::unknown_user:
      return say({550, "5.1.1", "No such mailbox here"});
    case Addressee::elsewhere:
      return say({550, "5.7.1", "No mailbox of another domain is verified"});
  }
}

void Session::help(const smtp::Command& command) {
  if (!has(Feature::help)) return not_implemented(command);
  ServerReply reply(214, "2.0.0", "This is the reference server of smtpspec");
  reply.lines.emplace_back("Commands: EHLO HELO LHLO MAIL RCPT DATA BDAT RSET NOOP QUIT");
  reply.lines.emplace_back("          VRFY HELP STARTTLS AUTH");
  say(reply);
}

void Session::not_implemented(const smtp::Command& command) {
  say({502, "5.5.1", fmt::format("{} is not implemented", command.verb)});
}

}  // namespace smtpspec::refserver
