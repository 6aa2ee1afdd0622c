// SPDX-License-Identifier: Apache-2.0
// The way from a connection to the point where a scenario begins: greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT,
// DATA (RFC 5321 4.1.4, RFC 3207, RFC 4954). Its failures block a case; they never fail it.
#include <fmt/format.h>

#include "engine/dialogue.hpp"
#include "engine/excerpt.hpp"
#include "engine/matching.hpp"
#include "engine/sasl_exchange.hpp"

namespace smtpspec::engine {
namespace {

using Kind = PreludeFailure::Kind;
using From = scenario::Prelude::From;

/// One run of the prelude; each stage answers with a failure or nothing.
class PreludeSpeaker {
 public:
  PreludeSpeaker(RunContext& context, Scope& scope, const scenario::Prelude& prelude, std::string on,
                 Dialogue& dialogue)
      : context_(context), scope_(scope), prelude_(prelude), on_(std::move(on)), dialogue_(dialogue) {}

  wire::Task<PreludeOutcome> speak();

 private:
  wire::Task<PreludeOutcome> connect();
  wire::Task<PreludeOutcome> hello();
  wire::Task<PreludeOutcome> start_tls();
  wire::Task<PreludeOutcome> handshake();
  bool must_authenticate();
  wire::Task<PreludeOutcome> authenticate();
  wire::Task<PreludeOutcome> mail();
  wire::Task<PreludeOutcome> recipients();
  wire::Task<PreludeOutcome> recipient(std::string address);
  wire::Task<PreludeOutcome> command(const char* stage, std::string line, int wanted);
  wire::Task<PreludeOutcome> read_reply(const char* stage, int wanted);

  wire::Deadline reply_deadline() const { return wire::deadline_after(context_.timeouts.reply); }
  Session& session() { return *dialogue_.session; }
  bool goes_to(From point) const { return prelude_.from >= point; }

  RunContext& context_;
  Scope& scope_;
  const scenario::Prelude& prelude_;
  const std::string on_;
  Dialogue& dialogue_;
  smtp::Reply last_reply_;
};

PreludeOutcome connection_failure(const wire::ConnectOutcome& outcome) {
  return PreludeFailure{Kind::no_connection, "connecting",
                        std::visit(
                            [](const auto& one) -> std::string {
                              if constexpr (std::is_same_v<std::decay_t<decltype(one)>, wire::Connection>)
                                return {};
                              else
                                return wire::describe(one);
                            },
                            outcome)};
}

wire::Task<PreludeOutcome> PreludeSpeaker::connect() {
  const auto kind = endpoint_kind(on_);
  const auto address = kind ? context_.target.endpoint(*kind) : std::nullopt;
  if (!address)
    co_return PreludeFailure{Kind::ours, "connecting", fmt::format("the target has no endpoint '{}'", on_)};
  wire::ConnectOptions options;
  options.source_address = context_.target.client(dialogue_.client).source;
  wire::ConnectOutcome outcome = co_await wire::connect(context_.loop, *address, std::move(options),
                                                        wire::deadline_after(context_.timeouts.connect));
  auto* connection = std::get_if<wire::Connection>(&outcome);
  if (!connection) co_return connection_failure(outcome);
  dialogue_.session.emplace(std::move(*connection));
  if (dialogue_.on_reply) dialogue_.session->set_observer(dialogue_.on_reply);
  dialogue_.mark(0, "prelude");
  if (on_ == "smtps") co_return co_await handshake();
  co_return std::nullopt;
}

wire::Task<PreludeOutcome> PreludeSpeaker::read_reply(const char* stage, int wanted) {
  const auto deadline = reply_deadline();
  Event event = co_await session().next_event(deadline);
  if (event.kind == Event::Kind::silence) co_return PreludeFailure{Kind::silence, stage, describe(event)};
  if (event.kind == Event::Kind::closed) co_return PreludeFailure{Kind::closed, stage, describe(event)};
  last_reply_ = std::move(event.reply);
  if (last_reply_.usable() && last_reply_.code == wanted) co_return std::nullopt;
  const bool same_class = last_reply_.usable() && last_reply_.code / 100 == wanted / 100 && wanted / 100 == 2;
  if (same_class) co_return std::nullopt;
  const auto failed = last_reply_.code / 100 == 4 ? Kind::temporary : Kind::refused;
  co_return PreludeFailure{failed, stage, excerpt(last_reply_.raw())};
}

wire::Task<PreludeOutcome> PreludeSpeaker::command(const char* stage, std::string line, int wanted) {
  const auto deadline = reply_deadline();
  line += "\r\n";
  co_await session().send(line, deadline);
  co_return co_await read_reply(stage, wanted);
}

wire::Task<PreludeOutcome> PreludeSpeaker::hello() {
  const bool helo = prelude_.helo || prelude_.from == From::helo;
  const char* verb = on_ == "lmtp" ? "LHLO" : helo ? "HELO" : "EHLO";
  auto line = fmt::format("{} {}", verb, context_.target.ehlo);
  auto failure = co_await command(verb, std::move(line), 250);
  if (failure) co_return failure;
  if (session().capabilities) scope_.set_capabilities(&*session().capabilities);
  co_return std::nullopt;
}

wire::Task<PreludeOutcome> PreludeSpeaker::handshake() {
  if (!context_.tls) co_return PreludeFailure{Kind::ours, "TLS", "no TLS context could be made"};
  const auto& tls = context_.target.tls;
  const auto deadline = wire::deadline_after(context_.timeouts.handshake);
  const wire::TlsOutcome outcome = co_await session().start_tls(*context_.tls, tls.name, deadline);
  dialogue_.handshake = std::holds_alternative<wire::TlsUp>(outcome);
  if (*dialogue_.handshake) co_return std::nullopt;
  co_return PreludeFailure{Kind::tls, "the TLS handshake", wire::describe(outcome)};
}

wire::Task<PreludeOutcome> PreludeSpeaker::start_tls() {
  std::string line = "STARTTLS";
  auto failure = co_await command("STARTTLS", std::move(line), 220);
  if (!failure) failure = co_await handshake();
  if (!failure) failure = co_await hello();
  co_return failure;
}

// Where the target's own rules ask for it (RFC 6409 4.3); a case that is about AUTH does it by itself.
bool PreludeSpeaker::must_authenticate() {
  if (prelude_.auth) return true;
  const auto& credentials = context_.target.credentials;
  const bool is_asked_for = credentials && credentials->required && on_ != "lmtp";
  if (!is_asked_for || !session().capabilities || !session().capabilities->has("AUTH")) return false;
  return goes_to(From::ehlo) && dialogue_.authenticates;
}

wire::Task<PreludeOutcome> PreludeSpeaker::authenticate() {
  const auto& credentials = context_.target.credentials;
  if (!credentials) co_return PreludeFailure{Kind::ours, "AUTH", "the target file gives no credentials"};
  if (!session().capabilities) co_return PreludeFailure{Kind::ours, "AUTH", "there was no EHLO before it"};
  SaslExchange exchange{SaslExchange::best_of(*session().capabilities), credentials->user,
                        credentials->password};
  const auto deadline = reply_deadline();
  auto problem = co_await exchange.perform(session(), deadline);
  if (!problem.empty()) co_return PreludeFailure{Kind::ours, "AUTH", std::move(problem)};
  co_return co_await read_reply("AUTH", 235);
}

wire::Task<PreludeOutcome> PreludeSpeaker::mail() {
  const auto& variables = scope_.variables();
  auto sender = prelude_.sender ? prelude_.sender->evaluate(variables)
                                : scenario::Template::Result{scope_.sender(), {}};
  if (!sender.ok()) co_return PreludeFailure{Kind::ours, "MAIL", sender.problem};
  auto line = fmt::format("MAIL FROM:<{}>", sender.bytes);
  if (prelude_.mail_parameters) {
    const auto parameters = prelude_.mail_parameters->evaluate(variables);
    if (!parameters.ok()) co_return PreludeFailure{Kind::ours, "MAIL", parameters.problem};
    line += ' ' + parameters.bytes;
  }
  co_return co_await command("MAIL", std::move(line), 250);
}

wire::Task<PreludeOutcome> PreludeSpeaker::recipient(std::string address) {
  auto line = fmt::format("RCPT TO:<{}>", address);
  auto failure = co_await command("RCPT", std::move(line), 250);
  if (!failure) session().accepted_recipients.push_back(std::move(address));
  co_return failure;
}

wire::Task<PreludeOutcome> PreludeSpeaker::recipients() {
  if (prelude_.recipients.empty()) co_return co_await recipient(scope_.mailbox(0));
  for (const auto& pattern : prelude_.recipients) {
    auto address = pattern.evaluate(scope_.variables());
    if (!address.ok()) co_return PreludeFailure{Kind::ours, "RCPT", address.problem};
    auto failure = co_await recipient(std::move(address.bytes));
    if (failure) co_return failure;
  }
  co_return std::nullopt;
}

wire::Task<PreludeOutcome> PreludeSpeaker::speak() {
  auto failure = co_await connect();
  if (failure || !goes_to(From::greeting)) co_return failure;
  failure = co_await read_reply("the greeting", 220);
  if (failure || !goes_to(From::helo)) co_return failure;
  failure = co_await hello();
  if (!failure && prelude_.tls && on_ != "smtps") failure = co_await start_tls();
  if (!failure && must_authenticate()) {
    failure = co_await authenticate();
    // Some offer more to who has authenticated.
    if (!failure && !prelude_.auth) failure = co_await hello();
  }
  if (!failure && goes_to(From::mail)) failure = co_await mail();
  if (!failure && goes_to(From::rcpt)) failure = co_await recipients();
  if (failure || !goes_to(From::data)) co_return failure;
  std::string line = "DATA";
  co_return co_await command("DATA", std::move(line), 354);
}

}  // namespace

wire::Task<PreludeOutcome> open_dialogue(RunContext& context, Scope& scope, const scenario::Prelude& prelude,
                                         std::string on, Dialogue& dialogue) {
  dialogue.endpoint = endpoint_url(context.target, on);
  PreludeSpeaker speaker(context, scope, prelude, std::move(on), dialogue);
  auto failure = co_await speaker.speak();
  co_return failure;
}

}  // namespace smtpspec::engine
