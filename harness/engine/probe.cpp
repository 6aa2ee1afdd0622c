// SPDX-License-Identifier: Apache-2.0
#include "engine/probe.hpp"

#include "engine/dialogue.hpp"
#include "engine/excerpt.hpp"

namespace smtpspec::engine {
namespace {

using From = scenario::Prelude::From;

// The first reply and the last one of a dialogue, out of what its observer was told.
struct Heard {
  std::string greeting;
  std::string last;
};

Session::ReplyObserver listen_to(Heard& heard) {
  return [&heard](const smtp::Reply& reply, bool) {
    heard.last = excerpt(reply.raw());
    if (heard.greeting.empty()) heard.greeting = heard.last;
  };
}

wire::Task<void> probe_in_tls(RunContext& context, ProbeKey key, ProbedEndpoint& found) {
  Scope scope(context.target, CaseToken(context.token_seed, 0));
  scenario::Prelude prelude;
  prelude.tls = true;
  Heard heard;
  Dialogue dialogue;
  dialogue.client = key.client;
  dialogue.on_reply = listen_to(heard);
  const auto failure = co_await open_dialogue(context, scope, prelude, key.on, dialogue);
  if (failure) co_return;
  found.in_tls = dialogue.session->capabilities;
  found.ehlo_in_tls = heard.last;
  co_await close_dialogue(context, dialogue);
}

wire::Task<void> probe_after_auth(RunContext& context, ProbeKey key, ProbedEndpoint& found) {
  Scope scope(context.target, CaseToken(context.token_seed, 0));
  scenario::Prelude prelude;
  Heard heard;
  Dialogue dialogue;
  dialogue.client = key.client;
  dialogue.authenticates = true;
  dialogue.on_reply = listen_to(heard);
  const auto failure = co_await open_dialogue(context, scope, prelude, key.on, dialogue);
  if (failure) co_return;
  found.after_auth = dialogue.session->capabilities;
  found.ehlo_after_auth = heard.last;
  co_await close_dialogue(context, dialogue);
}

}  // namespace

wire::Task<ProbedEndpoint> probe_endpoint(RunContext& context, ProbeKey key) {
  ProbedEndpoint found;
  Scope scope(context.target, CaseToken(context.token_seed, 0));
  scenario::Prelude prelude;
  Heard heard;
  Dialogue dialogue;
  dialogue.client = key.client;
  dialogue.on_reply = listen_to(heard);
  const auto failure = co_await open_dialogue(context, scope, prelude, key.on, dialogue);
  found.banner = heard.greeting;
  if (failure) {
    found.failure = describe(*failure);
    found.unreachable = failure->stage == "connecting" ||
                        (failure->stage == "the greeting" && failure->kind == PreludeFailure::Kind::silence);
    co_return found;
  }
  found.capabilities = dialogue.session->capabilities.value_or(smtp::Capabilities{});
  found.ehlo = heard.last;
  co_await close_dialogue(context, dialogue);
  const bool offers_tls = found.capabilities.has("STARTTLS") && context.tls;
  if (offers_tls) co_await probe_in_tls(context, key, found);
  const auto& credentials = context.target.credentials;
  const bool wants_auth = credentials && credentials->required && found.capabilities.has("AUTH");
  if (wants_auth) co_await probe_after_auth(context, key, found);
  co_return found;
}

wire::Task<Presence> look_for_target(RunContext& context, std::string on, std::string client) {
  Scope scope(context.target, CaseToken(context.token_seed, 0));
  scenario::Prelude prelude;
  prelude.from = From::greeting;
  Dialogue dialogue;
  dialogue.client = std::move(client);
  const auto failure = co_await open_dialogue(context, scope, prelude, std::move(on), dialogue);
  if (dialogue.session) dialogue.session->close();
  using Kind = PreludeFailure::Kind;
  if (!failure || failure->kind == Kind::refused || failure->kind == Kind::temporary)
    co_return Presence::greets;
  const bool was_accepted = failure->kind == Kind::closed && failure->stage != "connecting";
  co_return was_accepted ? Presence::closes : Presence::gone;
}

}  // namespace smtpspec::engine
