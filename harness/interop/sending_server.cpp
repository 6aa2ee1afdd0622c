// SPDX-License-Identifier: Apache-2.0
#include "interop/sending_server.hpp"

#include <utility>

#include "engine/dialogue.hpp"
#include "engine/queue_watch.hpp"
#include "engine/submission.hpp"
#include "engine/target_access.hpp"
#include "interop/shortened.hpp"

namespace smtpspec::interop {

using Clock = std::chrono::steady_clock;

SendingServer::SendingServer(wire::EventLoop& loop, target::Host& host,
                             const engine::Requirements& requirements, double timeout_multiplier)
    : loop_(loop), host_(host), context_(loop, host.target(), requirements), middleman_(loop) {
  context_.hands = engine::hands_of(loop, host);
  context_.tls = engine::tls_context(host.target().tls);
  context_.timeouts = engine::timeouts_for(host.target().limits, {}, timeout_multiplier);
}

std::string SendingServer::listen() {
  const auto at = host_.next_hop();
  return at ? middleman_.listen(*at) : "it sends mail to nobody that we know";
}

void SendingServer::lead_to(target::Host& receiver) {
  const auto& target = receiver.target();
  // As a stranger: many a server completes the header of mail from those whom it trusts.
  middleman_.lead_to(*target.endpoint(target::EndpointKind::smtp), target.client("stranger").source);
}

wire::Task<void> SendingServer::hand_over(Exchange& exchange) {
  exchange.began = Clock::now();
  exchange.round = middleman_.round();
  engine::Scope scope(context_.target, exchange.addressing.token);
  engine::Dialogue dialogue;
  dialogue.endpoint =
      engine::endpoint_url(context_.target, std::string(target::name_of(context_.target.relay.on)));
  engine::Submission submission = exchange.submission;
  exchange.handed_over = co_await engine::submit_by_smtp(context_, scope, std::move(submission), dialogue);
  exchange.dialogue = dialogue.take_record();
  shorten(exchange.dialogue.events);
  exchange.dialogue.steps.clear();  // they count events from before
  exchange.submission.content.clear();
  exchange.played = true;
}

wire::Task<void> SendingServer::flush() {
  if (!context_.hands.can("flush")) co_return;
  std::string action = "flush";
  co_await context_.hands.act(std::move(action));
}

wire::Task<std::string> SendingServer::list_queue() {
  std::string listing(engine::QueueWatch::failed_listing);
  if (engine::can_list_queue(host_)) listing = co_await engine::list_queue_of(loop_, host_);
  co_return listing;
}

wire::Task<void> SendingServer::clear_queue(std::vector<Exchange*> exchanges) {
  if (exchanges.empty()) co_return;
  const std::string listing = co_await list_queue();
  bool any = false;
  for (auto* exchange : exchanges) {
    exchange->kept_by_sender = look_for(exchange->addressing.token.stem(), listing);
    any = any || exchange->kept_by_sender == InQueue::yes;
  }
  if (!any || !context_.hands.can("purge")) co_return;
  std::string action = "purge";
  co_await context_.hands.act(std::move(action));
  // A report about another of them may have come into the queue since it was listed.
  for (auto* exchange : exchanges) exchange->was_purged = true;
}

InQueue look_for(const std::string& token, const std::string& listing) {
  if (listing == engine::QueueWatch::failed_listing) return InQueue::unknown;
  return listing.find(token) == std::string::npos ? InQueue::no : InQueue::yes;
}

}  // namespace smtpspec::interop
