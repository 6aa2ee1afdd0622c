// SPDX-License-Identifier: Apache-2.0
#include "engine/hop_session.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "refserver/trace.hpp"
#include "smtp/line.hpp"

namespace smtpspec::engine {
namespace {

using refserver::Turn;
using scenario::Awaited;
using Clock = std::chrono::steady_clock;

// How long a client may take to see that we have closed.
constexpr std::chrono::seconds farewell_time{2};

refserver::HoldPoint hold_point(const Awaited& until) {
  refserver::HoldPoint point;
  point.verb = until.verb;
  point.any_command = until.kind == Awaited::Kind::any_command;
  point.content = until.kind == Awaited::Kind::content;
  return point;
}

std::string literal_of(const wire::Endpoint& peer) {
  const auto* tcp = std::get_if<wire::TcpEndpoint>(&peer);
  return tcp ? refserver::address_literal(tcp->host) : std::string{};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The code of the last line of a reply; 0 when there is none to be seen.
int code_in(std::string_view reply) {
  while (!reply.empty() && (reply.back() == '\n' || reply.back() == '\r')) reply.remove_suffix(1);
  const auto line = reply.substr(reply.find_last_of('\n') + 1);
  if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

Event command_event(refserver::Held held) {
  Event event;
  event.kind = Event::Kind::command;
  event.heard = std::make_shared<const refserver::Held>(std::move(held));
  event.at = Clock::now();
  return event;
}

}  // namespace

HopSession::HopSession(wire::Connection connection, HopSettings settings, bool tls_at_once)
    : connection_(std::move(connection)),
      settings_(std::move(settings)),
      machine_(settings_.configuration, refserver::Service::smtp, literal_of(connection_.peer()),
               *settings_.store),
      tls_at_once_(tls_at_once) {}

Event HopSession::held_event() const {
  auto event = command_event(*machine_.held());
  if (event.heard->kind == refserver::Held::Kind::content) event.kind = Event::Kind::content;
  return event;
}

Event HopSession::over(std::string detail) {
  over_ = true;
  Event event;
  event.kind = Event::Kind::closed;
  event.gone = gone_;
  event.detail = std::move(detail);
  event.at = Clock::now();
  return event;
}

Event HopSession::still_sending() const {
  Event silence;
  silence.detail = "although octets came all the time";
  silence.at = Clock::now();
  return silence;
}

wire::Task<wire::TlsOutcome> HopSession::handshake(wire::Deadline deadline) {
  wire::TlsStart start;
  const bool from_the_start = !greeted_;
  if (from_the_start) start.clear_bytes = wire::ClearBytes::to_handshake;
  tls_at_once_ = false;
  wants_tls_ = false;
  auto outcome = co_await connection_.start_tls_server(settings_.tls, std::move(start), deadline);
  const auto* up = std::get_if<wire::TlsUp>(&outcome);
  if (up && !from_the_start) machine_.tls_established(up->facts.cipher);
  co_return outcome;
}

wire::Task<Turn> HopSession::start_tls(wire::Deadline deadline) {
  const auto outcome = co_await handshake(deadline);
  Turn turn;
  if (!std::holds_alternative<wire::TlsUp>(outcome)) turn.then = Turn::Then::close;
  co_return turn;
}

// The greeting, the answer to what waits, or nothing when neither is due.
wire::Task<Turn> HopSession::begin_or_answer(wire::Deadline deadline) {
  Turn turn;
  if (tls_at_once_ || wants_tls_) turn = co_await start_tls(deadline);
  if (turn.then == Turn::Then::close) co_return turn;
  const bool greets = !std::exchange(greeted_, true);
  if (greets) turn = machine_.greet();
  if (machine_.held()) {
    Turn answer = machine_.answer_held();
    answer.output.insert(0, turn.output);
    turn = std::move(answer);
  }
  co_return turn;
}

// Reads and feeds; an event when nothing could be read.
wire::Task<std::optional<Event>> HopSession::next_octets(Turn& turn, wire::Deadline deadline) {
  wire::ReadOutcome outcome = co_await connection_.read_some(deadline);
  if (const auto* received = std::get_if<wire::Received>(&outcome)) {
    turn = machine_.feed(received->bytes);
    co_return std::nullopt;
  }
  if (std::holds_alternative<wire::TimedOut>(outcome)) {
    Event silence;
    silence.at = Clock::now();
    co_return silence;
  }
  machine_.connection_lost();
  co_return over(wire::describe(outcome));
}

wire::Task<Event> HopSession::serve(Awaited until, wire::Deadline deadline) {
  if (over_) co_return over("the stream had ended");
  if (until.kind == Awaited::Kind::connection) co_return Event{};
  Turn turn = co_await begin_or_answer(deadline);
  machine_.hold_at(hold_point(until));
  bool looked_at_unread = false;
  for (;;) {
    if (!turn.output.empty()) co_await connection_.write(turn.output, deadline);
    answered_at_ = Clock::now();
    switch (turn.then) {
      case Turn::Then::held:
        co_return held_event();
      case Turn::Then::start_tls:
        turn = co_await start_tls(deadline);
        continue;
      case Turn::Then::close:
      case Turn::Then::hang:
      case Turn::Then::die:
        co_await connection_.linger_and_close(std::min(deadline, wire::deadline_after(farewell_time)));
        co_return over(machine_.gave_up().empty() ? "closed by us after the last command"
                                                  : "closed by us: " + machine_.gave_up());
      case Turn::Then::read:
        break;
    }
    if (!looked_at_unread) {
      looked_at_unread = true;
      turn = machine_.feed({});
      continue;
    }
    // Somebody who never stops sending is not waited for longer than somebody who is silent.
    if (wire::FairClock::now() >= deadline) co_return still_sending();
    auto ended = co_await next_octets(turn, deadline);
    if (!ended) continue;
    // Nothing waits for an answer of ours, so that we have nothing to say to somebody who has ended.
    if (over_) connection_.close();
    co_return std::move(*ended);
  }
}

wire::Task<bool> HopSession::respond(std::vector<std::string> parts, std::chrono::nanoseconds gap,
                                     wire::Deadline deadline) {
  std::string all;
  for (const auto& part : parts) all += part;
  const int code = code_in(all);
  const bool greets = !greeted_;
  greeted_ = true;
  const auto outcome = co_await connection_.write_segments(std::move(parts), gap, deadline);
  answered_at_ = Clock::now();
  if (!greets && machine_.held()) {
    const Turn turn = machine_.held_was_answered(code);
    wants_tls_ = turn.then == Turn::Then::start_tls;
  }
  const bool was_written = std::holds_alternative<wire::Written>(outcome);
  // Of segments to somebody who has closed altogether the first is still taken, and answered by RST.
  gone_ = over_ && !was_written;
  co_return was_written;
}

// What comes before the greeting waits for its answer until that has been given.
wire::Task<Event> HopSession::look_ahead(wire::Deadline deadline) {
  const bool is_early = !greeted_ && !machine_.held();
  if (is_early) machine_.hold_at(hold_point({Awaited::Kind::any_command, {}}));
  if (machine_.unread().empty()) {
    Turn turn;
    auto ended = co_await next_octets(turn, deadline);
    if (ended) co_return std::move(*ended);
  }
  if (is_early && machine_.held()) co_return held_event();
  smtp::LineSplitter splitter(smtp::LinePolicy::lf_too);
  splitter.feed(machine_.unread());
  const auto line = splitter.next();
  refserver::Held ahead;
  ahead.line = line ? line->to_line() : smtp::Line{std::string(machine_.unread()), smtp::Ending::none};
  ahead.wire = ahead.line.raw();
  co_return command_event(std::move(ahead));
}

wire::Task<void> HopSession::end(wire::Deadline deadline) {
  if (!over_ && greeted_ && !something_waits()) {
    const Turn turn = machine_.shutting_down();
    co_await connection_.write(turn.output, deadline);
  }
  over_ = true;
  connection_.close();
}

bool HopSession::has_heard(std::string_view letters) {
  // An envelope stands well before this.
  constexpr std::size_t most_looked_at = 256 * 1024;
  std::string heard;
  for (const auto& event : connection_.transcript().events()) {
    if (event.kind == base::TranscriptEvent::Kind::received) heard += event.bytes;
    if (heard.size() > most_looked_at) break;
  }
  return heard.find(letters) != std::string::npos;
}

}  // namespace smtpspec::engine
