// SPDX-License-Identifier: Apache-2.0
#include "engine/needs.hpp"

#include <fmt/format.h>

#include "scenario/visit_steps.hpp"
#include "target/action.hpp"

namespace smtpspec::engine {
namespace {

using scenario::Case;
using scenario::Need;

// The capabilities that the case will see, and the answer that proves them.
struct Offered {
  const smtp::Capabilities* capabilities = nullptr;
  const std::string* proof = nullptr;
};

Offered offered_to(const Case& one, const ProbedEndpoint& probe) {
  const bool authenticates = probe.after_auth && one.prelude.from >= scenario::Prelude::From::ehlo;
  if (authenticates) return {&*probe.after_auth, &probe.ehlo_after_auth};
  if (one.prelude.tls && probe.in_tls) return {&*probe.in_tls, &probe.ehlo_in_tls};
  return {&probe.capabilities, &probe.ehlo};
}

std::optional<std::string> unmet_keyword(const Need& need, const Offered& offered, const std::string& on) {
  const bool listed = need.parameter.empty() ? offered.capabilities->has(need.keyword)
                                             : offered.capabilities->offers(need.keyword, need.parameter);
  if (listed != need.absent) return std::nullopt;
  const auto what = need.parameter.empty() ? need.keyword : need.keyword + " " + need.parameter;
  return fmt::format("the answer to {} {} {}: {}", on == "lmtp" ? "LHLO" : "EHLO",
                     need.absent ? "lists" : "does not list", what, *offered.proof);
}

// Whom a person, or we in his place, can tell for each message how to connect: TLS, credentials.
bool takes_instructions(const RunContext& context) {
  using Kind = target::Target::Kind;
  return context.target.kind == Kind::client || context.target.kind == Kind::embedded ||
         context.hands.sends_by_hand;
}

// What only the target file can say.
std::optional<std::string> unmet_fact(const Need& need, const RunContext& context,
                                      const ProbedEndpoint& probe) {
  const auto& target = context.target;
  const auto lacks = [&](const char* what) {
    return std::optional(fmt::format("the target {} {}", target.name, what));
  };
  if (need.fact == "credentials" && !target.credentials) return lacks("gives no credentials");
  if (need.fact == "relay" && target.relay_domain.empty()) return lacks("relays for no domain that we know");
  if (need.fact == "instructions" && !takes_instructions(context))
    return lacks("goes by what is offered, and is not told how to send a message");
  if (need.fact == "queue" && !context.queue) return lacks("can't list its queue");
  if (target::action_of(need.fact) && !(context.hands.can && context.hands.can(need.fact)))
    return lacks(fmt::format("has no way to {}", need.fact).c_str());
  if (need.fact == "rejected-recipient" && target.refused.empty())
    return lacks("names no recipient that it refuses");
  if (need.fact == "mailbox" && !context.mail) return lacks("has no mailbox that can be read");
  if (need.fact == "recipients" && target.limits.max_recipients < need.amount) {
    return fmt::format("the target {} takes {} recipients, and {} are needed", target.name,
                       target.limits.max_recipients, need.amount);
  }
  if (need.fact == "tls" && !probe.capabilities.has("STARTTLS") && !probe.in_tls) {
    return fmt::format("the answer to EHLO does not list STARTTLS: {}", probe.ehlo);
  }
  return std::nullopt;
}

// What a prelude takes for granted is a need as well.
std::vector<Need> all_needs(const Case& one) {
  auto needs = one.needs;
  if (one.prelude.tls && one.on != "smtps") needs.push_back({"STARTTLS", false, "STARTTLS", "", "", 0});
  if (one.prelude.auth) needs.push_back({"credentials", false, "", "", "credentials", 0});
  if (one.prelude.auth) needs.push_back({"AUTH", false, "AUTH", "", "", 0});
  scenario::visit_steps(one.steps, [&needs](const scenario::Step& step) {
    const auto* action = std::get_if<scenario::TargetAction>(&step.action);
    if (action) needs.push_back({action->name, false, "", "", action->name, 0});
  });
  return needs;
}

// STARTTLS is offered in the clear alone and both before AUTH, so that their absence afterwards proves
// nothing.
Offered offered_for(const Need& need, const Case& one, const ProbedEndpoint& probe) {
  const bool is_gone_after_auth = need.keyword == "AUTH" && !(one.prelude.tls && probe.in_tls);
  if (need.keyword == "STARTTLS" || is_gone_after_auth) return {&probe.capabilities, &probe.ehlo};
  return offered_to(one, probe);
}

// A client is told by the scenario that it shall log in; an MTA by its own configuration.
bool must_log_in(const Case& one, const target::Target& target) {
  bool must = false;
  scenario::visit_steps(one.steps, [&must](const scenario::Step& step) {
    const auto* submit = std::get_if<scenario::Submit>(&step.action);
    must = must || (submit && submit->auth);
  });
  return must && target.kind == target::Target::Kind::client;
}

// Of a target that is the client, only facts can be asked.
std::optional<std::string> unmet_server_need(const Case& one, const RunContext& context) {
  auto needs = all_needs(one);
  if (must_log_in(one, context.target)) needs.push_back({"credentials", false, "", "", "credentials", 0});
  for (const auto& need : needs) {
    if (!need.keyword.empty()) continue;
    if (auto unmet = unmet_fact(need, context, ProbedEndpoint{})) return unmet;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> unmet_role(const Case& one, const RunContext& context) {
  const bool is_client = context.target.kind == target::Target::Kind::client;
  if (one.role != scenario::Role::server && is_client)
    return fmt::format("the target {} is a client alone", context.target.name);
  if (one.role == scenario::Role::client || is_client) return std::nullopt;
  if (context.target.role == target::Role::library)
    return fmt::format("the target {} is a library for servers: what sends its mail on is its user's program",
                       context.target.name);
  if (context.next_hop) return std::nullopt;
  return fmt::format("the target {} sends to no server of ours", context.target.name);
}

std::optional<std::string> unmet_need(const Case& one, const RunContext& context) {
  if (auto unmet = unmet_role(one, context)) return unmet;
  if (one.role == scenario::Role::server) return unmet_server_need(one, context);
  if (endpoint_url(context.target, one.on).empty()) {
    return fmt::format("the target {} has no endpoint '{}'", context.target.name, one.on);
  }
  const auto client = one.client.empty() ? context.default_client : one.client;
  const auto probe = context.probes.find({one.on, client});
  if (probe == context.probes.end() || !probe->second.failure.empty()) return std::nullopt;
  for (const auto& need : all_needs(one)) {
    // `force` does what was not offered; that something is not offered is still a need.
    if (!need.keyword.empty() && !need.absent && one.force) continue;
    auto unmet = need.keyword.empty() ? unmet_fact(need, context, probe->second)
                                      : unmet_keyword(need, offered_for(need, one, probe->second), one.on);
    if (unmet) return unmet;
  }
  return std::nullopt;
}

}  // namespace smtpspec::engine
