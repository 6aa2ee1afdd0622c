// SPDX-License-Identifier: Apache-2.0
#include "engine/serving.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/case_description.hpp"
#include "engine/case_run.hpp"
#include "engine/needs.hpp"
#include "engine/run_facts.hpp"

namespace smtpspec::engine {
namespace {

// How often somebody outside is asked whether it must end.
constexpr std::chrono::milliseconds watch_interval{20};

target::Target persons_client() {
  target::Target client;
  client.name = "your client";
  client.software = "a client that is run by hand";
  client.kind = target::Target::Kind::running;
  client.relay_domain = "relay.test";
  client.recipient = "user+{token}@example.test";
  return client;
}

std::uint64_t number_of(const std::string& id) {
  return std::hash<std::string>{}(id);
}

std::string heard_in(const result::CaseResult& result) {
  std::string heard;
  for (const auto& session : result.sessions) {
    for (const auto& event : session.events) {
      if (event.kind == base::TranscriptEvent::Kind::received) heard += event.bytes;
    }
  }
  return heard;
}

std::string in_upper_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// Somebody who says nothing may have been driven off by the script; who says something else than SMTP is no
// client of it.
std::optional<std::string> spoke_no_smtp(const std::string& heard) {
  const auto upper = in_upper_case(heard);
  if (heard.empty() || upper.find("EHLO") != std::string::npos || upper.find("HELO") != std::string::npos)
    return std::nullopt;
  constexpr char tls_handshake = 0x16;  // RFC 8446 5.1
  if (heard.front() == tls_handshake) return "the client begins with TLS, which this case does not";
  return "what the client says is no SMTP: neither EHLO nor HELO is in it";
}

}  // namespace

/// One play of one case, with all that its coroutines use.
struct Serving::Round {
  Round(Serving& by, const scenario::Case& of_case, const Requirements& requirements)
      : serving(by), scenario_case(of_case), context(by.loop_, by.client_, requirements), over(by.loop_) {}

  Serving& serving;
  const scenario::Case& scenario_case;
  RunContext context;
  bool asked = false;
  bool nobody_came = false;
  std::size_t connections = 0;
  Submission asked_for;
  std::optional<result::CaseResult> result;
  wire::Event over;
};

Serving::Serving(wire::EventLoop& loop, const scenario::Catalogue& catalogue, ServingOptions options)
    : loop_(loop),
      catalogue_(catalogue),
      options_(std::move(options)),
      client_(persons_client()),
      seed_(fresh_seed()),
      next_hop_(loop) {}

Serving::~Serving() = default;

std::string Serving::listen() {
  auto problem = next_hop_.listen(options_.at);
  if (problem.empty()) next_hop_.begin_anew();
  return problem;
}

const wire::Endpoint& Serving::endpoint() const {
  return next_hop_.endpoint();
}

bool Serving::asked() const {
  return round_ && round_->asked;
}

wire::Task<Submitted> Serving::ask_to_send(Round& round, Submission submission) {
  const auto& options = round.serving.options_;
  auto& next_hop = round.serving.next_hop_;
  round.asked = true;
  round.asked_for = submission;
  Errand errand{Errand::Kind::send, &round.scenario_case, std::move(submission), next_hop.endpoint(), {}};
  if (options.tell) options.tell(errand);
  const auto deadline = options.wait ? wire::deadline_after(*options.wait) : wire::no_deadline;
  const bool came = co_await next_hop.wait_for_connection(round.connections, deadline);
  round.connections = next_hop.connections();
  round.nobody_came = !came;
  Submitted outcome;
  if (!came)
    outcome = {Submitted::Kind::failed, fmt::format("nobody connected within {} ms", options.wait->count())};
  else if (!scenario::plays_our_server(round.scenario_case))
    next_hop.serve_by_itself();
  co_return outcome;
}

// Whether anybody comes is for the script to see.
wire::Task<std::string> Serving::ask_to_try_again(Round& round) {
  auto& next_hop = round.serving.next_hop_;
  const auto within = round.context.timeouts.reply;
  Errand errand{Errand::Kind::try_again, &round.scenario_case, {}, next_hop.endpoint(), within};
  if (round.serving.options_.tell) round.serving.options_.tell(errand);
  co_await next_hop.wait_for_connection(round.connections, wire::deadline_after(within));
  round.connections = next_hop.connections();
  co_return std::string{};
}

TargetHands Serving::hands(std::shared_ptr<Round> round) {
  auto* of_round = round.get();
  TargetHands hands;
  hands.sends_by_hand = true;
  hands.submit = [of_round](Submission submission, wire::Endpoint) {
    return ask_to_send(*of_round, std::move(submission));
  };
  hands.can = [can_flush = options_.keeps_a_queue](const std::string& action) {
    return can_flush && action == "flush";
  };
  hands.act = [of_round](std::string) { return ask_to_try_again(*of_round); };
  return hands;
}

wire::Task<void> Serving::play_round(std::shared_ptr<Round> round) {
  auto& serving = round->serving;
  CaseRun run(round->context, round->scenario_case,
              CaseToken(serving.seed_, number_of(round->scenario_case.id)));
  round->result = co_await run.run();
  round->over.set();
}

wire::Task<std::string> Serving::until_over(std::shared_ptr<Round> round, StopRequest stop) {
  loop_.spawn(play_round(round));
  for (;;) {
    const bool over = co_await round->over.wait(wire::deadline_after(watch_interval));
    if (over) co_return std::string{};
    if (auto word = stop ? stop() : std::string(); !word.empty()) co_return word;
  }
}

result::Run Serving::play(const scenario::Case& one, StopRequest stop) {
  result::Run run;
  const auto began = std::chrono::steady_clock::now();
  run.started = utc_now();
  run.target.name = client_.name;
  run.target.software = client_.software;
  round_ = std::make_shared<Round>(*this, one, catalogue_.requirements());
  auto& round = *round_;
  round.context.next_hop = &next_hop_;
  round.context.hands = hands(round_);
  round.context.timeouts = options_.timeouts;
  round.context.messages = options_.messages;
  round.connections = seen_;
  if (auto unmet = unmet_need(one, round.context))
    round.result = unplayed(one, Verdict::unsupported, std::move(unmet->why));
  else
    run.aborted = loop_.run(until_over(round_, std::move(stop)));
  if (!round.result) round.result = unplayed(one, Verdict::blocked, "not run: " + run.aborted);
  if (auto why = sent_something_else(*round.result, round.asked_for)) {
    auto result = unplayed(one, Verdict::blocked, std::move(*why));
    result.sessions = std::move(round.result->sessions);
    round.result = std::move(result);
  }
  round.result->unreachable = round.nobody_came;
  seen_ = next_hop_.connections();
  if (run.aborted.empty()) next_hop_.begin_anew();
  run.cases.push_back(std::move(*round.result));
  run.requirements = named_requirements(catalogue_, run.cases);
  run.duration = std::chrono::steady_clock::now() - began;
  return run;
}

std::optional<std::string> sent_something_else(const result::CaseResult& result,
                                               const Submission& asked_for) {
  const auto heard = heard_in(result);
  const bool accuses = result.verdict == Verdict::fail || result.verdict == Verdict::warn;
  if (!accuses && result.verdict != Verdict::blocked) return std::nullopt;
  if (asked_for.security != "tls") {
    if (auto why = spoke_no_smtp(heard)) return why;
  }
  if (!accuses) return std::nullopt;
  if (in_upper_case(heard).find("RCPT TO:") == std::string::npos) return std::nullopt;
  const auto is_named = [&heard](const std::string& address) {
    return heard.find(address) != std::string::npos;
  };
  const auto& recipients = asked_for.recipients;
  if (is_named(result.token) || recipients.empty() ||
      std::any_of(recipients.begin(), recipients.end(), is_named))
    return std::nullopt;
  return fmt::format("the client sent to others than it was asked to: no RCPT names {}",
                     fmt::join(recipients, ", "));
}

}  // namespace smtpspec::engine
