// SPDX-License-Identifier: Apache-2.0
#include "interop/pair_results.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/run_context.hpp"
#include "interop/case_id.hpp"
#include "interop/sending_server.hpp"
#include "interop/shortened.hpp"

namespace smtpspec::interop {
namespace {

// A message may have been tried several times; the first and the last tell what there is to tell.
constexpr std::size_t most_dialogues = 3;

Party party_of(const Seat& seat) {
  return {seat.name, seat.host->target().ours};
}

Evidence gather(const Exchange& exchange, const PairSeats& seats, const Middleman& middleman,
                const std::string& receiver_queue) {
  Evidence evidence;
  const auto& token = exchange.addressing.token;
  auto* mail = seats.receiver.host->mail();
  auto* reports = seats.sender.host->mail();
  evidence.message = exchange.message;
  evidence.sender = party_of(seats.sender);
  evidence.receiver = party_of(seats.receiver);
  // Made out again: so it need not be kept for thousands of messages.
  evidence.submitted =
      make_exchange(*exchange.message, exchange.pair, exchange.addressing).submission.content;
  evidence.handed_over = exchange.handed_over;
  evidence.transfers = middleman.transfers_to(token.stem(), exchange.round);
  evidence.receiver_has_mailbox = mail != nullptr;
  for (const auto& one : exchange.tokens)
    evidence.mailboxes.push_back(
        {one, mail ? mail->messages_for(one) : std::vector<target::StoredMessage>{}});
  const auto smuggled = token.of_mailbox(index_of_smuggled);
  if (mail) {
    evidence.smuggled = mail->messages_for(smuggled);
    evidence.effects = mail->effects();
  }
  evidence.smuggled_on_the_wire = !middleman.transfers_to(smuggled, exchange.round).empty();
  if (reports) evidence.reports = reports->messages_for(token.of_mailbox(index_of_sender));
  evidence.kept_by_sender = exchange.kept_by_sender;
  evidence.was_purged = exchange.was_purged;
  evidence.kept_by_receiver =
      receiver_queue == no_listing ? InQueue::unknown : look_for(token.stem(), receiver_queue);
  return evidence;
}

void add_dialogues(const Exchange& exchange, const PairSeats& seats, const Evidence& evidence,
                   result::CaseResult& result) {
  result.sessions.push_back(exchange.dialogue);
  const auto& transfers = evidence.transfers;
  for (std::size_t i = 0; i < transfers.size(); ++i) {
    if (i + 1 != transfers.size() && i + 1 >= most_dialogues) continue;
    auto session = transfers[i].dialogue;
    session.name = result::name_of_session("next", i + 1);
    session.endpoint = engine::endpoint_url(seats.receiver.host->target(), "smtp");
    session.client = seats.sender.name;
    result.sessions.push_back(std::move(session));
  }
}

}  // namespace

result::CaseResult describe_pair_case(const PairSeats& seats, const Message& message) {
  result::CaseResult result;
  result.id = case_id(seats.sender.name, seats.receiver.name, message.id);
  result.title = message.title;
  result.why = message.why;
  result.spec = fmt::format("{} to {}", seats.sender.name, seats.receiver.name);
  result.position = message.position;
  result.source_lines = message.source_lines;
  for (const auto* ids : {&message.of_sender, &message.of_receiver}) {
    for (const auto& id : *ids) {
      if (std::find(result.covers.begin(), result.covers.end(), id) == result.covers.end())
        result.covers.push_back(id);
    }
  }
  return result;
}

void fill_pair_case(const Exchange& exchange, const PairSeats& seats, const Middleman& middleman,
                    const std::string& receiver_queue, const scenario::Catalogue::Map& requirements,
                    result::CaseResult& result) {
  const auto evidence = gather(exchange, seats, middleman, receiver_queue);
  judge(evidence, requirements, result);
  result.token = exchange.addressing.token.stem();
  result.duration =
      exchange.ended > exchange.began ? exchange.ended - exchange.began : std::chrono::nanoseconds(0);
  add_dialogues(exchange, seats, evidence, result);
  if (result.verdict == base::Verdict::pass) return;
  for (const auto& one : evidence.mailboxes) {
    for (const auto& message : one.messages) {
      if (result.delivered.size() < 3) result.delivered.push_back(shortened(message.bytes));
    }
  }
  for (const auto& message : evidence.smuggled) result.delivered.push_back(shortened(message.bytes));
}

}  // namespace smtpspec::interop
