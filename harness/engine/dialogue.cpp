// SPDX-License-Identifier: Apache-2.0
#include "engine/dialogue.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/excerpt.hpp"

namespace smtpspec::engine {
namespace {

// Enough to say that it never ends.
constexpr std::size_t max_replies = 1000;

/// What is kept of a reply that came at the end of a session.
struct LastWord {
  int code;
  std::string excerpt;
};

// One of them answers QUIT: a 221 if there is any, else the last; nobody asked for the others.
void count_replies(const std::vector<LastWord>& replies, Closing& closing) {
  if (replies.empty()) return;
  const auto said_221 =
      std::find_if(replies.begin(), replies.end(), [](const LastWord& reply) { return reply.code == 221; });
  const auto& answer = said_221 == replies.end() ? replies.back() : *said_221;
  closing.quit_code = answer.code == 0 ? -1 : answer.code;
  closing.surplus_replies = replies.size() - 1;
  if (closing.surplus_replies > 0) closing.surplus = replies[&answer == &replies[0] ? 1 : 0].excerpt;
}

}  // namespace

wire::Connection* Dialogue::connection() {
  return session ? &session->connection() : hop ? &hop->connection() : nullptr;
}

void Dialogue::mark(std::uint32_t line, std::string title) {
  auto* over = connection();
  if (over) marks.push_back({line, std::move(title), over->transcript().events().size()});
}

std::string Dialogue::recorded_name() const {
  return result::name_of_session(name, nth);
}

result::Session Dialogue::take_record() {
  result::Session record{recorded_name(), endpoint, client, {}, std::move(marks), 0};
  auto* over = connection();
  if (!over) return record;
  auto transcript = over->take_transcript();
  record.events = transcript.take_events();
  record.dropped_bytes = transcript.dropped_bytes();
  return record;
}

bool looks_like_death(PreludeFailure::Kind kind) {
  using Kind = PreludeFailure::Kind;
  return kind == Kind::no_connection || kind == Kind::closed || kind == Kind::silence;
}

std::string describe(const PreludeFailure& failure) {
  return fmt::format("the dialogue before the first step failed at {}: {}", failure.stage, failure.what);
}

wire::Task<Closing> close_dialogue(RunContext& context, Dialogue& dialogue) {
  Closing closing;
  auto& session = *dialogue.session;
  const auto deadline = wire::deadline_after(context.timeouts.reply);
  dialogue.mark(0, "closing");
  const std::string quit = "QUIT\r\n";
  if (!session.peer_closed()) co_await session.send(quit, deadline);
  std::vector<LastWord> replies;
  while (replies.size() < max_replies) {
    const Event event = co_await session.next_event(deadline);
    closing.closed = event.kind == Event::Kind::closed;
    if (event.kind != Event::Kind::reply) break;
    replies.push_back({event.reply.code, excerpt(event.reply.raw())});
  }
  session.close();
  closing.silent = replies.empty() && !closing.closed;
  // RFC 5321 3.8: a server may say 421 and go at any time; that is no answer to a command.
  if (closing.closed && replies.size() > 1 && replies.back().code == 421) replies.pop_back();
  count_replies(replies, closing);
  co_return closing;
}

}  // namespace smtpspec::engine
