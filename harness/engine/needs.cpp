// SPDX-License-Identifier: Apache-2.0
#include "engine/needs.hpp"

#include <utility>

#include <fmt/format.h>

#include "scenario/visit_steps.hpp"
#include "smtp/letter_case.hpp"
#include "target/action.hpp"

namespace smtpspec::engine {
namespace {

using scenario::Case;
using scenario::Need;

// The capabilities that the case will see, the answer that proves them, and where it was got.
struct Offered {
  const smtp::Capabilities* capabilities = nullptr;
  const std::string* proof = nullptr;
  std::string where;
};

Offered offered_to(const Case& one, const ProbedEndpoint& probe) {
  const bool authenticates = probe.after_auth && one.prelude.from >= scenario::Prelude::From::ehlo;
  if (authenticates) return {&*probe.after_auth, &probe.ehlo_after_auth, result::after_auth(one.on)};
  if (one.prelude.tls && probe.in_tls) return {&*probe.in_tls, &probe.ehlo_in_tls, result::in_tls(one.on)};
  return {&probe.capabilities, &probe.ehlo, one.on};
}

std::optional<Unmet> unmet_keyword(const Need& need, const Offered& offered, const std::string& on) {
  const bool listed = need.parameter.empty() ? offered.capabilities->has(need.keyword)
                                             : offered.capabilities->offers(need.keyword, need.parameter);
  if (listed != need.absent) return std::nullopt;
  const auto what = need.parameter.empty() ? need.keyword : need.keyword + " " + need.parameter;
  Unmet unmet;
  unmet.why = fmt::format("the answer to {} {} {}: {}", on == "lmtp" ? "LHLO" : "EHLO",
                          need.absent ? "lists" : "does not list", what, *offered.proof);
  if (!need.absent) unmet.lacks = {offered.where, smtp::to_upper(what)};
  return unmet;
}

// Whom a person, or we in his place, can tell for each message how to connect: TLS, credentials.
bool takes_instructions(const RunContext& context) {
  using Kind = target::Target::Kind;
  return context.target.kind == Kind::client || context.target.kind == Kind::embedded ||
         context.hands.sends_by_hand;
}

// What can be done with the target, beside talking to it.
std::string missing_hand(const std::string& fact, const RunContext& context) {
  const TargetHands& hands = context.hands;
  if (fact == "instructions" && !takes_instructions(context))
    return "goes by what is offered, and is not told how to send a message";
  if (fact == "submission-command" && !hands.submit_by_command)
    return "has no command of its own that takes mail";
  if (fact == "queue" && !context.queue) return "can't list its queue";
  if (target::action_of(fact) && !(hands.can && hands.can(fact))) return "has no way to " + fact;
  return "";
}

// What only the target file can say.
std::string missing_fact(const Need& need, const RunContext& context) {
  const auto& target = context.target;
  if (need.fact == "credentials" && !target.credentials) return "gives no credentials";
  if (need.fact == "relay" && target.relay_domain.empty()) return "relays for no domain that we know";
  if (need.fact == "rejected-recipient" && target.refused.empty())
    return "names no recipient that it refuses";
  if (need.fact == "mailbox" && !context.mail) return "has no mailbox that can be read";
  if (need.fact == "recipients" && target.limits.max_recipients < need.amount)
    return fmt::format("takes {} recipients, and {} are needed", target.limits.max_recipients, need.amount);
  return missing_hand(need.fact, context);
}

std::optional<Unmet> unmet_fact(const Need& need, const RunContext& context, const ProbedEndpoint& probe,
                                const std::string& on) {
  if (const auto lacks = missing_fact(need, context); !lacks.empty())
    return Unmet{fmt::format("the target {} {}", context.target.name, lacks),
                 {result::of_target_file, need.text}};
  if (need.fact == "tls" && !probe.capabilities.has("STARTTLS") && !probe.in_tls) {
    return Unmet{fmt::format("the answer to EHLO does not list STARTTLS: {}", probe.ehlo), {on, "STARTTLS"}};
  }
  return std::nullopt;
}

// What a prelude takes for granted is a need as well, and the first: where TLS is missing all that is offered
// in it is.
std::vector<Need> all_needs(const Case& one) {
  std::vector<Need> needs;
  if (one.prelude.tls && one.on != "smtps") needs.push_back({"STARTTLS", false, "STARTTLS", "", "", 0});
  if (one.prelude.auth) needs.push_back({"credentials", false, "", "", "credentials", 0});
  if (one.prelude.auth) needs.push_back({"AUTH", false, "AUTH", "", "", 0});
  needs.insert(needs.end(), one.needs.begin(), one.needs.end());
  scenario::visit_steps(one.steps, [&needs](const scenario::Step& step) {
    const auto* action = std::get_if<scenario::TargetAction>(&step.action);
    if (action) needs.push_back({action->name, false, "", "", action->name, 0});
    const auto* submit = std::get_if<scenario::Submit>(&step.action);
    if (submit && submit->by_command)
      needs.push_back({"submission-command", false, "", "", "submission-command", 0});
  });
  return needs;
}

// STARTTLS is offered in the clear alone and both before AUTH, so that their absence afterwards proves
// nothing.
Offered offered_for(const Need& need, const Case& one, const ProbedEndpoint& probe) {
  const bool is_gone_after_auth = need.keyword == "AUTH" && !(one.prelude.tls && probe.in_tls);
  if (need.keyword == "STARTTLS" || is_gone_after_auth) return {&probe.capabilities, &probe.ehlo, one.on};
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
std::optional<Unmet> unmet_server_need(const Case& one, const RunContext& context) {
  auto needs = all_needs(one);
  if (must_log_in(one, context.target)) needs.push_back({"credentials", false, "", "", "credentials", 0});
  for (const auto& need : needs) {
    if (!need.keyword.empty()) continue;
    if (auto unmet = unmet_fact(need, context, ProbedEndpoint{}, one.on)) return unmet;
  }
  return std::nullopt;
}

std::optional<Unmet> unmet_role(const Case& one, const RunContext& context) {
  const bool is_client = context.target.kind == target::Target::Kind::client;
  if (one.role != scenario::Role::server && is_client)
    return Unmet{fmt::format("the target {} is a client alone", context.target.name), {}};
  if (one.role == scenario::Role::client || is_client) return std::nullopt;
  if (context.target.role == target::Role::library)
    return Unmet{
        fmt::format("the target {} is a library for servers: what sends its mail on is its user's program",
                    context.target.name),
        {}};
  if (context.next_hop) return std::nullopt;
  return Unmet{fmt::format("the target {} sends to no server of ours", context.target.name),
               {result::of_target_file, "next-hop"}};
}

// AUTH alone says nothing of what can be done with it: each mechanism is a word.
std::vector<std::string> words_of(const smtp::Capabilities& capabilities) {
  std::vector<std::string> words;
  const auto add = [&words](std::string word) {
    if (!result::contains(words, word)) words.push_back(std::move(word));
  };
  for (const auto& one : capabilities.keywords) {
    const bool has_mechanisms = one.keyword == "AUTH" && !one.parameters.empty();
    if (!has_mechanisms) add(one.keyword);
    if (!has_mechanisms) continue;
    for (const auto& mechanism : one.parameters) add("AUTH " + smtp::to_upper(mechanism));
  }
  return words;
}

std::vector<std::string> facts_of_file(const RunContext& context) {
  static const std::vector<std::string> facts = {"mailbox",      "credentials",
                                                 "relay",        "rejected-recipient",
                                                 "instructions", "submission-command",
                                                 "queue",        "flush",
                                                 "purge",        "kill",
                                                 "terminate",    "restart",
                                                 "reload",       "fill",
                                                 "free"};
  std::vector<std::string> words;
  for (const auto& fact : facts) {
    if (missing_fact({fact, false, "", "", fact, 0}, context).empty()) words.push_back(fact);
  }
  if (context.next_hop) words.emplace_back("next-hop");
  return words;
}

}  // namespace

result::Offers offers_of(const RunContext& context) {
  result::Offers offers;
  for (const auto& [way, probe] : context.probes) {
    if (!probe.failure.empty()) continue;
    result::Offers seen;
    seen.emplace(way.on, words_of(probe.capabilities));
    if (probe.in_tls) seen.emplace(result::in_tls(way.on), words_of(*probe.in_tls));
    if (probe.after_auth) seen.emplace(result::after_auth(way.on), words_of(*probe.after_auth));
    result::keep_common(offers, seen);
  }
  if (auto words = facts_of_file(context); !words.empty())
    offers.emplace(result::of_target_file, std::move(words));
  return offers;
}

std::optional<Unmet> unmet_need(const Case& one, const RunContext& context) {
  if (auto unmet = unmet_role(one, context)) return unmet;
  if (one.role == scenario::Role::server) return unmet_server_need(one, context);
  if (endpoint_url(context.target, one.on).empty()) {
    return Unmet{fmt::format("the target {} has no endpoint '{}'", context.target.name, one.on),
                 {one.on, ""}};
  }
  const auto client = one.client.empty() ? context.default_client : one.client;
  const auto probe = context.probes.find({one.on, client});
  if (probe == context.probes.end() || !probe->second.failure.empty()) return std::nullopt;
  for (const auto& need : all_needs(one)) {
    // `force` does what was not offered; that something is not offered is still a need.
    if (!need.keyword.empty() && !need.absent && one.force) continue;
    auto unmet = need.keyword.empty() ? unmet_fact(need, context, probe->second, one.on)
                                      : unmet_keyword(need, offered_for(need, one, probe->second), one.on);
    if (unmet) return unmet;
  }
  return std::nullopt;
}

}  // namespace smtpspec::engine
