// SPDX-License-Identifier: Apache-2.0
#include "engine/dialogue.hpp"

#include <fmt/format.h>

#include "engine/excerpt.hpp"

namespace smtpspec::engine {
namespace {

// Enough to say that it never ends.
constexpr std::size_t max_surplus = 1000;

}  // namespace

void Dialogue::mark(std::uint32_t line, std::string title) {
  if (session) marks.push_back({line, std::move(title), session->connection().transcript().events().size()});
}

result::Session Dialogue::take_record() {
  result::Session record{name, endpoint, client, {}, std::move(marks), 0};
  if (!session) return record;
  auto transcript = session->connection().take_transcript();
  record.events = transcript.take_events();
  record.dropped_bytes = transcript.dropped_bytes();
  return record;
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
  bool reply_before_close_was_421 = false;
  while (closing.surplus_replies < max_surplus) {
    const Event event = co_await session.next_event(deadline);
    if (event.kind == Event::Kind::silence) {
      closing.silent = closing.quit_code == 0;
      break;
    }
    if (event.kind == Event::Kind::closed) {
      closing.closed = true;
      break;
    }
    if (closing.quit_code == 0) {
      closing.quit_code = event.reply.code == 0 ? -1 : event.reply.code;
    } else if (closing.surplus_replies++ == 0) {
      closing.surplus = excerpt(event.reply.raw());
    }
    reply_before_close_was_421 = event.reply.code == 421;
  }
  // RFC 5321 3.8: a server may say 421 and go at any time; that is no answer to a command.
  if (closing.closed && reply_before_close_was_421 && closing.surplus_replies == 1)
    closing.surplus_replies = 0;
  session.close();
  co_return closing;
}

}  // namespace smtpspec::engine
