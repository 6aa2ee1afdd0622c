// SPDX-License-Identifier: Apache-2.0
// What a step does where the target is the client: our server's side of the dialogue, and what is done to the
// target from outside.
#include <algorithm>

#include <fmt/format.h>

#include "engine/case_run.hpp"
#include "engine/queue_watch.hpp"

namespace smtpspec::engine {
namespace {

using scenario::Awaited;

bool is_reached(const Awaited& until, const Event& event) {
  switch (until.kind) {
    case Awaited::Kind::connection:
      return true;
    case Awaited::Kind::close:
      return event.kind == Event::Kind::closed;
    case Awaited::Kind::content:
      return event.kind == Event::Kind::content;
    case Awaited::Kind::any_command:
    case Awaited::Kind::verb:
      return event.kind == Event::Kind::command;
  }
  return false;
}

std::string in_words(const Awaited& until) {
  switch (until.kind) {
    case Awaited::Kind::connection:
      return "a connection";
    case Awaited::Kind::close:
      return "the end of the stream";
    case Awaited::Kind::content:
      return "a whole message";
    case Awaited::Kind::any_command:
      return "a command";
    case Awaited::Kind::verb:
      break;
  }
  return until.verb;
}

// The end of a round: a client that has said QUIT by then has it in its dialogue.
constexpr std::chrono::milliseconds quiet_at_the_end{50};
constexpr std::chrono::seconds farewell_time{2};

wire::Task<std::string> listing_of(const sender::Queue& queue) {
  co_return list_of(queue);
}

}  // namespace

// A client that runs for this case alone, and the embedded sender, of which a case can have one of its own,
// send to a server of the case's own: such cases don't wait for each other.
std::string CaseRun::make_own_next_hop() {
  own_next_hop_ = std::make_unique<NextHop>(context_.loop, next_hop_options(context_.target));
  next_hop_ = own_next_hop_.get();
  auto problem = next_hop_->listen(wire::TcpEndpoint{"127.0.0.1", 0});
  if (!problem.empty() || !context_.make_sender) return problem;
  own_sender_ = context_.make_sender(next_hop_->endpoint());
  hands_ = hands_of_sender(*own_sender_, context_.target);
  own_queue_ = std::make_unique<QueueWatch>(
      context_.loop, [queue = own_sender_.get()]() -> wire::Task<std::string> { return listing_of(*queue); });
  queue_ = own_queue_.get();
  return problem;
}

// A script has the target's mail for itself; what only looks at the mail that comes does so beside others.
wire::Task<CaseRun::Flow> CaseRun::enter_next_hop() {
  next_hop_ = context_.next_hop;
  const bool is_client = context_.target.kind == target::Target::Kind::client;
  if (is_client || (context_.make_sender && case_.role == scenario::Role::server)) {
    auto problem = make_own_next_hop();
    if (!problem.empty()) {
      error_ = "our server can't listen: " + problem;
      co_return Flow::stop;
    }
  }
  if (!next_hop_) {
    error_ = fmt::format("the target {} sends to no server of ours", context_.target.name);
    co_return Flow::stop;
  }
  mail_.set_next_hop(next_hop_, hands_, queue_);
  co_await next_hop_->right_of_way().enter(has_script_);
  if (has_script_) co_await next_hop_->hold_connections(case_.offers);
  co_return Flow::go_on;
}

// The script is over: from here on our server is a correct one, and takes what still comes.
void CaseRun::end_script() {
  if (!next_hop_ || !has_script_ || script_ended_) return;
  next_hop_->serve_by_itself();
  for (auto& dialogue : dialogues_) {
    if (dialogue.hop && !dialogue.hop->is_over()) next_hop_->go_on_with(dialogue.hop);
  }
  script_ended_ = true;
}

// Nothing of this case may reach the next one: what is still queued goes.
wire::Task<void> CaseRun::leave_next_hop() {
  if (!next_hop_) co_return;
  end_script();
  if (submitting_) co_await submitting_->done.wait(wire::deadline_after(context_.timeouts.reply));
  if (hands_.sends_by_hand)
    co_await next_hop_->wait_until_quiet(quiet_at_the_end, wire::deadline_after(farewell_time));
  std::string restart = "restart";
  if (target_is_down_) co_await act_on_target(std::move(restart));
  if (has_script_) co_await clear_queue();
  if (!has_script_) tell_of_served_sessions();
  next_hop_->right_of_way().leave(has_script_);
}

wire::Task<void> CaseRun::clear_queue() {
  if (!hands_.can || hands_.sends_by_hand) co_return;
  std::string purge = "purge", flush = "flush";
  if (hands_.can(purge)) {
    co_await act_on_target(std::move(purge));
  } else if (hands_.can(flush)) {
    co_await act_on_target(std::move(flush));
  }
  if (!queue_) co_return;
  auto stem = scope_.token().stem();
  co_await queue_->wait_until_free_of(std::move(stem), wire::deadline_after(context_.timeouts.delivery));
}

void CaseRun::tell_of_served_sessions() {
  // Who is alone with us is told of whatever it sends.
  const auto whose = is_alone_with_us() ? std::string{} : scope_.token().of_mailbox(0);
  std::size_t nth = 0;
  for (auto& session : next_hop_->sessions_about(whose)) {
    auto& dialogue = dialogues_.emplace_back();
    dialogue.name = scenario::hop_session;
    dialogue.nth = ++nth;
    dialogue.endpoint = "next hop " + wire::format(next_hop_->endpoint());
    dialogue.hop = std::move(session);
  }
}

wire::Task<std::string> CaseRun::act_on_target(std::string action) {
  if (!hands_.can || !hands_.can(action)) co_return "its target file does not say how";
  const bool ends = action == "kill" || action == "terminate";
  const bool begins = action == "restart";
  const bool empties = action == "free";
  // One that failed half way has to be undone as well.
  if (action == "fill") target_is_filled_ = true;
  auto problem = co_await hands_.act(std::move(action));
  if (problem.empty() && ends) target_is_down_ = true;
  if (problem.empty() && begins) target_is_down_ = false;
  if (problem.empty() && empties) target_is_filled_ = false;
  co_return problem;
}

// However the steps ended: the mail of this case, and every other case, needs room.
wire::Task<void> CaseRun::free_target() {
  if (!target_is_filled_) co_return;
  std::string restart = "restart", free = "free";
  if (target_is_down_) co_await act_on_target(std::move(restart));
  const auto problem = co_await act_on_target(std::move(free));
  if (!problem.empty()) block("the target could not be given its room again: " + problem);
}

wire::Task<CaseRun::Flow> CaseRun::run_target_action(const scenario::TargetAction& action) {
  auto name = action.name;
  auto problem = co_await act_on_target(std::move(name));
  mail_.note_sent();
  if (problem.empty()) co_return Flow::go_on;
  block(fmt::format("'{}' could not be done to the target: {}", action.name, problem));
  co_return Flow::stop;
}

wire::Task<bool> CaseRun::queue_is_so(bool queued, std::chrono::milliseconds within) {
  if (!queue_) {
    unsupported_ = fmt::format("the target {} can't list its queue", context_.target.name);
    lacks_ = {result::of_target_file, "queue"};
    co_return false;
  }
  auto stem = scope_.token().stem();
  const auto deadline = wire::deadline_after(within);
  if (queued) co_return co_await queue_->wait_until_holds(std::move(stem), deadline);
  co_return co_await queue_->wait_until_free_of(std::move(stem), deadline);
}

wire::Task<CaseRun::Flow> CaseRun::run_accept(const scenario::Step& step, const scenario::Accept& accept) {
  const auto within = evaluate_ms(step.within, step.position, context_.timeouts.reply.count());
  if (!within) co_return Flow::stop;
  const auto deadline = wire::deadline_after(std::chrono::milliseconds(*within));
  const auto before = std::count_if(dialogues_.begin(), dialogues_.end(),
                                    [&](const Dialogue& one) { return one.name == step.session; });
  auto& dialogue = dialogues_.emplace_back();
  dialogue.name = step.session;
  dialogue.nth = static_cast<std::size_t>(before) + 1;
  dialogue.endpoint = "next hop " + wire::format(next_hop_->endpoint());
  dialogue.hop = co_await next_hop_->accept(accept.tls, deadline);
  dialogue.mark(step.position.line, step.word);
  if (!dialogue.hop) {
    dialogue.heard.kind = Event::Kind::silence;
    dialogue.heard.detail = "no connection came";
    dialogue.heard.at = std::chrono::steady_clock::now();
  } else {
    dialogue.heard = co_await dialogue.hop->serve(accept.until, deadline);
  }
  const bool reached = dialogue.hop && is_reached(accept.until, dialogue.heard);
  co_return note_heard(step, dialogue, reached, in_words(accept.until));
}

wire::Task<CaseRun::Flow> CaseRun::run_serve(const scenario::Step& step, Dialogue& dialogue,
                                             const scenario::Serve& serve) {
  const auto within = evaluate_ms(step.within, step.position, context_.timeouts.reply.count());
  if (!within) co_return Flow::stop;
  const auto deadline = wire::deadline_after(std::chrono::milliseconds(*within));
  dialogue.heard = co_await dialogue.hop->serve(serve.until, deadline);
  co_return note_heard(step, dialogue, is_reached(serve.until, dialogue.heard), in_words(serve.until));
}

// Where it was our server that stopped the client, nobody else is to blame for what did not come.
std::string CaseRun::why_not_to_judge(const scenario::Step& step, const Dialogue& dialogue) const {
  if (!dialogue.hop) return {};
  if (!dialogue.hop->gave_up().empty()) return describe(dialogue.heard);
  const bool waits_for_more = std::holds_alternative<scenario::Expectation>(step.answer);
  if (dialogue.heard.kind != Event::Kind::silence || !waits_for_more || !is_alone_with_us()) return {};
  return next_hop_->somebody_waits() ? "silence, while another connection of the client waits" : "";
}

CaseRun::Flow CaseRun::note_heard(const scenario::Step& step, Dialogue& dialogue, bool reached,
                                  const std::string& awaited) {
  mail_.note_sent();
  if (auto why = why_not_to_judge(step, dialogue); !why.empty()) {
    block(std::move(why));
    return Flow::stop;
  }
  const bool is_asked = !std::holds_alternative<std::monostate>(step.answer);
  dialogue.heard_something = is_asked;
  if (is_asked || reached) return Flow::go_on;
  if (note_refused_submission() == Flow::stop) return Flow::stop;
  // That a client SHOULD begin with EHLO (RFC 5321 section 3.2) is asked about by scenarios of its own.
  if (awaited == "EHLO" && dialogue.hop && dialogue.hop->said_helo()) {
    unsupported_ = "the target says HELO, and this is about what follows EHLO";
    return Flow::stop;
  }
  block(fmt::format("{} was awaited from the target, and this came: {}", awaited, describe(dialogue.heard)));
  return Flow::stop;
}

wire::Task<CaseRun::Flow> CaseRun::run_respond(const scenario::Step& step, Dialogue& dialogue,
                                               const scenario::Respond& respond) {
  const auto bytes = evaluate(respond.bytes, step.position);
  if (!bytes) co_return Flow::stop;
  const auto gap = evaluate_gap(step, respond.cut);
  if (!gap) co_return Flow::stop;
  auto parts = cut_up(*bytes, respond.cut);
  const auto deadline = deadline_for(parts.size(), *gap);
  co_await dialogue.hop->respond(std::move(parts), *gap, deadline);
  co_return Flow::go_on;
}

wire::Task<Event> CaseRun::hear(Dialogue& dialogue, std::chrono::milliseconds within) {
  const auto deadline = wire::deadline_after(within);
  if (dialogue.heard_something) {
    dialogue.heard_something = false;
    co_return dialogue.heard;
  }
  if (dialogue.hop->something_waits() || !dialogue.hop->is_greeted())
    co_return co_await dialogue.hop->look_ahead(deadline);
  const Awaited anything{Awaited::Kind::any_command, {}};
  co_return co_await dialogue.hop->serve(anything, deadline);
}

}  // namespace smtpspec::engine
