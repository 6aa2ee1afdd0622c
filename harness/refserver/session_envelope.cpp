// SPDX-License-Identifier: Apache-2.0
// MAIL and RCPT (RFC 5321 3.3, 4.1.1.2, 4.1.1.3).
#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/core.h>

#include "refserver/addressee.hpp"
#include "refserver/parameters.hpp"
#include "refserver/session.hpp"
#include "smtp/letter_case.hpp"

namespace smtpspec::refserver {

namespace {

bool has_eight_bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}

/// The refusal of an argument that could not be read; `path_status` is the enhanced code for a bad path.
ServerReply bad_argument(const smtp::PathArgumentOutcome& outcome, std::string_view path_status) {
  if (const auto* problem = std::get_if<smtp::PathProblem>(&outcome)) {
    return {501, std::string(path_status), fmt::format("Bad path ({})", smtp::to_string(problem->fault))};
  }
  if (const auto* problem = std::get_if<smtp::ParameterProblem>(&outcome)) {
    return {501, "5.5.4", fmt::format("Bad parameter ({})", smtp::to_string(problem->fault))};
  }
  const auto fault = std::get<smtp::ArgumentFault>(outcome);
  return {501, "5.5.4", fmt::format("Bad argument ({})", smtp::to_string(fault))};
}

/// a%b@domain read as a@b, as gateways once did (RFC 2505 2.1); nothing when there is no percent sign.
std::optional<smtp::Mailbox> behind_percent(const smtp::Mailbox& mailbox) {
  const std::size_t percent = mailbox.local_part.rfind('%');
  if (percent == std::string::npos) return std::nullopt;
  smtp::Mailbox hidden = mailbox;
  hidden.local_part = mailbox.local_part.substr(0, percent);
  hidden.domain = mailbox.local_part.substr(percent + 1);
  hidden.original = hidden.local_part + "@" + hidden.domain;
  return hidden;
}

/// A path that nobody looked at: what stands between the brackets, or the whole word.
smtp::PathArgument unread_argument(std::string_view text) {
  smtp::PathArgument argument;
  const std::size_t colon = text.find(':');
  argument.path.original = text.substr(colon == std::string_view::npos ? 0 : colon + 1);
  argument.path.mailbox.original = argument.path.original;
  return argument;
}

}  // namespace

void Session::mail(const smtp::Command& command) {
  const TransactionBehaviour& knobs = behaviour().transaction;
  if (hello_ == Hello::none) return say({503, "5.5.1", "Say EHLO first"});
  if (service_ == Service::submission && identity_.empty()) {
    return say({530, "5.7.0", "Authenticate first"});
  }
  if (transaction_ && !knobs.nested_mail_keeps_recipients) {
    return say({503, "5.5.1", "A transaction is open already"});
  }
  const auto outcome = smtp::parse_mail_argument(command.rest(), path_charset());
  if (const auto* argument = std::get_if<smtp::PathArgument>(&outcome)) {
    if (const auto refusal = refuse_path(argument->path, command)) return say(*refusal);
    return begin_transaction(*argument);
  }
  if (behaviour().parsing.takes_bad_paths) return begin_transaction(unread_argument(command.rest()));
  if (knobs.bad_mail_resets_hello) hello_ = Hello::none;
  say(bad_argument(outcome, "5.1.7"));
}

void Session::begin_transaction(const smtp::PathArgument& argument) {
  if (!extended() && !argument.parameters.empty()) {
    return say({555, "5.5.4", "Parameters need EHLO"});
  }
  auto read = read_mail_parameters(argument.parameters, *configuration_);
  if (const auto* refusal = std::get_if<ServerReply>(&read)) return say(*refusal);
  const auto& parameters = std::get<MailParameters>(read);
  const bool takes_all = behaviour().parsing.takes_bad_paths;
  if (has_eight_bit(argument.path.original) && !parameters.smtp_utf8 && !takes_all) {
    return say({550, "5.6.7", "That address needs SMTPUTF8"});  // RFC 6531 3.5
  }
  if (argument.path.is_null() && behaviour().parsing.refuses_null_sender) {
    return say({550, "5.7.1", "Bounces are not welcome"});
  }
  Transaction next;
  if (transaction_) next.recipients = std::move(transaction_->recipients);
  next.reverse_path = argument.path;
  next.parameters = parameters;
  next.chunks = std::exchange(stale_chunks_, {});
  transaction_ = std::move(next);
  say({250, "2.1.0", "Sender OK"});
}

void Session::rcpt(const smtp::Command& command) {
  if (behaviour().connection.utf8_rcpt_closes && has_eight_bit(command.rest())) {
    then_ = Turn::Then::close;
    return;
  }
  if (!transaction_ && behaviour().transaction.rcpt_without_mail) transaction_.emplace();
  if (!transaction_) return say({503, "5.5.1", "MAIL comes first"});
  const auto outcome = smtp::parse_rcpt_argument(command.rest(), path_charset());
  if (const auto* argument = std::get_if<smtp::PathArgument>(&outcome)) {
    if (const auto refusal = refuse_path(argument->path, command)) return say(*refusal);
    return add_recipient(*argument);
  }
  if (behaviour().parsing.takes_bad_paths) return say({250, "2.1.5", "Recipient OK"});
  say(bad_argument(outcome, "5.1.3"));
}

void Session::add_recipient(const smtp::PathArgument& argument) {
  if (!extended() && !argument.parameters.empty()) {
    return say({555, "5.5.4", "Parameters need EHLO"});
  }
  auto read = read_recipient_parameters(argument.parameters, *configuration_);
  if (const auto* refusal = std::get_if<ServerReply>(&read)) return say(*refusal);
  const smtp::Mailbox& mailbox = argument.path.mailbox;
  const bool takes_all = behaviour().parsing.takes_bad_paths;
  if (has_eight_bit(argument.path.original) && !transaction_->parameters.smtp_utf8 && !takes_all) {
    return refuse_recipient(mailbox, {553, "5.6.7", "That address needs SMTPUTF8"});
  }
  const auto hidden = behaviour().parsing.relays_percent ? behind_percent(mailbox) : std::nullopt;
  if (hidden) {
    transaction_->recipients.push_back({*hidden, std::get<RecipientParameters>(std::move(read)), false});
    return say({250, "2.1.5", "Recipient OK"});
  }
  const Addressee addressee = find_addressee(mailbox, *configuration_);
  if (addressee == Addressee::unknown_user) {
    return refuse_recipient(mailbox, {550, "5.1.1", "No such mailbox here"});
  }
  const bool is_trusted = !policy().relay_domain.empty() && client_literal_ == policy().trusted_client &&
                          smtp::equals_ignoring_case(mailbox.domain, policy().relay_domain);
  const bool gives_own_name =
      behaviour().parsing.relays_for_own_name &&
      smtp::equals_ignoring_case(transaction_->reverse_path.mailbox.domain, policy().domain);
  const bool may_relay = !identity_.empty() || is_trusted || gives_own_name;
  if (addressee == Addressee::elsewhere && !may_relay) {
    return refuse_recipient(mailbox, {550, "5.7.1", "No mail is relayed for you"});
  }
  if (transaction_->recipients.size() >= policy().limits.recipients) {
    return say({452, "4.5.3", "Too many recipients"});  // RFC 5321 4.5.3.1.10
  }
  transaction_->recipients.push_back(
      {mailbox, std::get<RecipientParameters>(std::move(read)), addressee == Addressee::local});
  say({250, "2.1.5", "Recipient OK"});
}

void Session::refuse_recipient(const smtp::Mailbox& mailbox, const ServerReply& reply) {
  say(reply);
  transaction_->refused.push_back({mailbox, {}, true});
  if (behaviour().transaction.refused_rcpt_resets) transaction_.reset();
  if (behaviour().connection.refused_rcpt_closes) then_ = Turn::Then::close;
}

smtp::AddressCharset Session::path_charset() const {
  const bool takes_utf8 = has(Feature::smtp_utf8) && !behaviour().parsing.refuses_utf8_paths;
  return takes_utf8 ? smtp::AddressCharset::utf8 : smtp::AddressCharset::ascii;
}

/// Paths that only a limit or a knob refuses; the parser has held them against the RFC.
std::optional<ServerReply> Session::refuse_path(const smtp::Path& path, const smtp::Command& command) const {
  const ParsingBehaviour& knobs = behaviour().parsing;
  const std::string_view prefix = command.rest().substr(0, command.verb == "MAIL" ? 5 : 3);
  const bool lower_case = std::any_of(prefix.begin(), prefix.end(), [](char c) { return c >= 'a'; });
  if (lower_case && knobs.keywords_in_upper_case_alone) return ServerReply(501, "5.5.4", "Bad argument");
  const Limits& limits = policy().limits;
  const bool is_too_long = path.original.size() > limits.path_octets ||
                           path.mailbox.local_part.size() > limits.local_part_octets ||
                           path.mailbox.domain.size() > limits.domain_octets;
  if (is_too_long) return ServerReply(501, "5.1.3", "Path too long");
  if (path.mailbox.is_literal() && knobs.refuses_address_literals) {
    return ServerReply(501, "5.1.3", "Bad path");
  }
  if (!path.route.empty() && knobs.refuses_source_routes) return ServerReply(501, "5.1.3", "Bad path");
  const bool quoted = path.mailbox.local_part_original.rfind('"', 0) == 0;
  if (quoted && knobs.refuses_quoted_local_parts) return ServerReply(501, "5.1.3", "Bad path");
  return std::nullopt;
}

}  // namespace smtpspec::refserver
