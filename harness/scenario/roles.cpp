// SPDX-License-Identifier: Apache-2.0
#include "scenario/roles.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/visit_steps.hpp"

namespace smtpspec::scenario {

const std::vector<std::string> usual_offers{"PIPELINING",          "SIZE", "8BITMIME",
                                            "ENHANCEDSTATUSCODES", "DSN",  "SMTPUTF8"};

namespace {

const std::vector<std::string> every_offer{"PIPELINING", "SIZE", "8BITMIME", "ENHANCEDSTATUSCODES",
                                           "STARTTLS",   "AUTH", "CHUNKING", "BINARYMIME",
                                           "SMTPUTF8",   "DSN",  "VRFY",     "HELP"};

bool is_of_our_server(const Step& step) {
  return std::holds_alternative<Accept>(step.action) || std::holds_alternative<Serve>(step.action) ||
         std::holds_alternative<Respond>(step.action);
}

void name_sessions_of(std::vector<Step>& steps, Role role) {
  for (auto& step : steps) {
    if (step.session.empty() && (is_of_our_server(step) || role == Role::server)) step.session = hop_session;
    if (auto* repeat = std::get_if<Repeat>(&step.action)) name_sessions_of(repeat->steps, role);
    auto* alternatives = std::get_if<OneOf>(&step.answer);
    if (!alternatives) continue;
    for (auto& alternative : *alternatives) name_sessions_of(alternative.then, role);
  }
}

bool asks_about_our_server(const Condition& condition) {
  return condition.command || condition.wire || condition.wire_lacks || condition.content;
}

}  // namespace

void read_role(const TableReader& table, Case& scenario) {
  const auto role = table.text("role");
  scenario.role = role == "server" ? Role::server : role == "relay" ? Role::relay : Role::client;
  if (!table.get("offers")) return;
  scenario.offers = table.texts("offers");
  if (scenario.role == Role::client) {
    table.problem("offers", "no server of ours takes part in this scenario",
                  "add role = \"server\" or \"relay\"");
  }
  for (const auto& offer : scenario.offers) {
    if (std::find(every_offer.begin(), every_offer.end(), offer) != every_offer.end()) continue;
    table.problem("offers", fmt::format("our server has no extension '{}'", offer),
                  did_you_mean(offer, every_offer) + "a 'reply' to EHLO may list whatever you like");
  }
}

void name_sessions(Case& scenario) {
  name_sessions_of(scenario.steps, scenario.role);
}

void check_role(Reading& reading, const Case& scenario) {
  if (scenario.role == Role::server && scenario.prelude.from != Prelude::From::ehlo) {
    reading.problem(scenario.position, "where we are the server there is no prelude",
                    "leave 'from' out, or write role = \"relay\"");
  }
  visit_steps(scenario.steps, [&](const Step& step) {
    const auto* action = std::get_if<TargetAction>(&step.action);
    if (!action || action->name == "flush" || scenario.disruptive) return;
    reading.problem(step.position, fmt::format("'{}' disturbs whoever uses the target", action->name),
                    "add disruptive = true to the scenario");
  });
  if (scenario.role != Role::client) return;
  visit_steps(scenario.steps, [&](const Step& step) {
    bool asks = is_of_our_server(step) || std::holds_alternative<Submit>(step.action);
    visit_conditions(step, [&asks](const Condition& condition) {
      asks = asks || asks_about_our_server(condition) || condition.taken.has_value();
    });
    if (!asks) return;
    reading.problem(step.position, "this step is for a server of ours, and there is none here",
                    "add role = \"server\" or \"relay\" to the scenario");
  });
}

bool plays_our_server(const Case& scenario) {
  bool plays = false;
  visit_steps(scenario.steps, [&plays](const Step& step) { plays = plays || is_of_our_server(step); });
  return plays;
}

bool acts_on_target(const Case& scenario) {
  bool acts = false;
  visit_steps(scenario.steps, [&acts](const Step& step) {
    acts = acts || std::holds_alternative<TargetAction>(step.action);
  });
  return acts;
}
}  // namespace smtpspec::scenario
