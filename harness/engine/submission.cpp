// SPDX-License-Identifier: Apache-2.0
#include "engine/submission.hpp"

#include <fmt/format.h>

#include "engine/excerpt.hpp"
#include "engine/matching.hpp"
#include "smtp/dot_stuffing.hpp"
#include "smtp/letter_case.hpp"

namespace smtpspec::engine {
namespace {

using Kind = Submitted::Kind;

scenario::Prelude way_to_submit(const target::Relay& relay) {
  scenario::Prelude prelude;
  prelude.from = scenario::Prelude::From::ehlo;
  prelude.tls = relay.tls;
  prelude.auth = relay.auth;
  return prelude;
}

// The extensions whose parameters are said. Some servers take any parameter; one that never offered the
// extension has promised nothing about it, and what it then does is no breach of that extension's document.
std::vector<std::string> extensions_said(const Submission& submission) {
  static constexpr std::pair<std::string_view, std::string_view> extension_of[] = {
      {"ENVID", "DSN"},    {"RET", "DSN"},           {"NOTIFY", "DSN"},
      {"ORCPT", "DSN"},    {"SMTPUTF8", "SMTPUTF8"}, {"REQUIRETLS", "REQUIRETLS"},
      {"BODY", "8BITMIME"}};
  std::vector<std::string> said;
  for (const auto& parameters : {submission.mail_parameters, submission.recipient_parameters}) {
    for (const auto& [word, extension] : extension_of) {
      const std::string padded = fmt::format(" {} ", smtp::to_upper(parameters));
      const bool is_said = padded.find(fmt::format(" {} ", word)) != std::string::npos ||
                           padded.find(fmt::format(" {}=", word)) != std::string::npos;
      if (is_said) said.emplace_back(extension);
    }
  }
  return said;
}

// The first keyword that is needed and not offered, with what is.
std::optional<Submitted> missing_offer(const Submission& submission, const Session& session,
                                       const std::string& where) {
  auto needs = extensions_said(submission);
  needs.insert(needs.end(), submission.needs.begin(), submission.needs.end());
  if (needs.empty()) return std::nullopt;
  std::vector<std::string> offer;
  for (const auto& one :
       session.capabilities ? session.capabilities->keywords : std::vector<smtp::Capability>{})
    offer.push_back(one.keyword);
  for (const auto& keyword : needs) {
    if (session.capabilities && session.capabilities->has(keyword)) continue;
    auto why = fmt::format("no {} in the answer to EHLO, which has {}", keyword, fmt::join(offer, ", "));
    return Submitted{Kind::unable, std::move(why), {where, keyword}};
  }
  return std::nullopt;
}

/// One conversation in which the message is handed over; the first refusal ends it.
class Submitter {
 public:
  Submitter(RunContext& context, Session& session) : context_(context), session_(session) {}

  wire::Task<Submitted> hand_over(Submission submission) {
    auto outcome = co_await say(mail_command(submission), 2);
    for (std::size_t i = 0; i < submission.recipients.size() && outcome.kind == Kind::taken; ++i) {
      outcome = co_await say(recipient_command(submission, i), 2);
    }
    std::string data = "DATA\r\n";
    if (outcome.kind == Kind::taken) outcome = co_await say(std::move(data), 3);
    if (outcome.kind != Kind::taken) co_return outcome;
    outcome = co_await say(smtp::stuff(submission.content), 2);
    // Some refuse what they find in content with 421 or 451; it would be no better the next time.
    if (outcome.kind == Kind::deferred) outcome.kind = Kind::refused;
    co_return outcome;
  }

 private:
  static std::string with(std::string command, const std::string& parameters) {
    return command + (parameters.empty() ? "" : " ") + parameters + "\r\n";
  }
  static std::string mail_command(const Submission& submission) {
    return with(fmt::format("MAIL FROM:<{}>", submission.sender), submission.mail_parameters);
  }
  static std::string recipient_command(const Submission& submission, std::size_t i) {
    return with(fmt::format("RCPT TO:<{}>", submission.recipients[i]), submission.recipient_parameters);
  }

  wire::Task<Submitted> say(std::string octets, int wanted_class) {
    const auto deadline = wire::deadline_after(context_.timeouts.reply);
    co_await session_.send(octets, deadline);
    const Event event = co_await session_.next_event(deadline);
    Submitted outcome;
    if (event.kind != Event::Kind::reply) {
      outcome = {Kind::failed, describe(event)};
    } else if (event.reply.code / 100 == 4) {
      outcome = {Kind::deferred, excerpt(event.reply.raw())};
    } else if (event.reply.code / 100 != wanted_class) {
      outcome = {Kind::refused, excerpt(event.reply.raw())};
    }
    co_return outcome;
  }

  RunContext& context_;
  Session& session_;
};

}  // namespace

void go_where_it_relays(const target::Relay& relay, scenario::Prelude& prelude, std::string& on) {
  if (!relay.auth || prelude.from < scenario::Prelude::From::ehlo) return;
  prelude.auth = true;
  prelude.tls = prelude.tls || relay.tls;
  if (on == target::name_of(target::EndpointKind::smtp)) on = target::name_of(relay.on);
}

wire::Task<Submitted> submit_by_smtp(RunContext& context, Scope& scope, Submission submission,
                                     Dialogue& dialogue) {
  const auto& relay = context.target.relay;
  const auto prelude = way_to_submit(relay);
  dialogue.client = relay.client;
  std::string on(target::name_of(relay.on));
  auto failure = co_await open_dialogue(context, scope, prelude, on, dialogue);
  Submitted outcome;
  if (failure) {
    const bool may_pass = failure->kind != PreludeFailure::Kind::refused;
    outcome = {may_pass ? Kind::failed : Kind::refused, describe(*failure)};
    co_return outcome;
  }
  auto missing = missing_offer(submission, *dialogue.session, prelude.tls ? result::in_tls(on) : on);
  if (missing) {
    co_await close_dialogue(context, dialogue);
    co_return std::move(*missing);
  }
  Submitter submitter(context, *dialogue.session);
  const auto most = context.target.limits.max_recipients;
  const bool are_too_many = static_cast<int>(submission.recipients.size()) > most;
  outcome = co_await submitter.hand_over(std::move(submission));
  // RFC 5321 4.5.3.1.10: the rest is for another transaction, and a case has one.
  const bool is_full = outcome.kind == Kind::deferred && outcome.why.starts_with("452");
  if (are_too_many && is_full) {
    outcome = {Kind::unable, fmt::format("the target {} takes {} recipients at once: {}", context.target.name,
                                         most, outcome.why)};
  }
  co_await close_dialogue(context, dialogue);
  co_return outcome;
}

}  // namespace smtpspec::engine
