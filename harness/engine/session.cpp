// SPDX-License-Identifier: Apache-2.0
#include "engine/session.hpp"

#include <algorithm>
#include <utility>

#include "smtp/letter_case.hpp"

namespace smtpspec::engine {
namespace {

using Clock = std::chrono::steady_clock;

// EHLO and LHLO are the commands whose answer is a list of capabilities.
bool says_hello(std::string_view bytes) {
  if (bytes.size() < 4) return false;
  const auto is = [&](std::size_t i, char letter) { return (bytes[i] & ~0x20) == letter; };
  return (is(0, 'E') || is(0, 'L')) && is(1, 'H') && is(2, 'L') && is(3, 'O');
}

// What stands behind a verb at the start of a line, in any letter case; nothing where no line begins so.
std::optional<std::string_view> behind(std::string_view bytes, std::string_view verb) {
  for (std::size_t at = 0; at < bytes.size(); at = std::min(bytes.find('\n', at), bytes.size() - 1) + 1) {
    if (smtp::starts_with_ignoring_case(bytes.substr(at), verb)) return bytes.substr(at + verb.size());
  }
  return std::nullopt;
}

// A TLS alert (RFC 8446 5.1, 6): record type 21, version, length 2, level, description.
constexpr std::size_t tls_alert_size = 7;
constexpr std::string_view tls_alert_start = "\x15\x03";

// What is kept of one content, for the question whether all of it was delivered.
constexpr std::size_t max_recorded_content = 16 * 1024 * 1024;

}  // namespace

// Who got something else than a handshake after STARTTLS may say so in an alert, which is no reply. It has no
// line ending either, so that it would hide in front of whatever follows.
void Session::drop_tls_alert() {
  const std::string_view unread = splitter_.pending();
  if (!asked_for_tls_ || parser_.in_progress() || unread.size() < tls_alert_size) return;
  if (!unread.starts_with(tls_alert_start)) return;
  splitter_.consume(tls_alert_size);
}

std::optional<Event> Session::event_from_buffer() {
  for (;;) {
    drop_tls_alert();
    const auto line = splitter_.next();
    if (!line) return std::nullopt;
    if (parser_.feed(*line) == smtp::ReplyParser::State::need_more) continue;
    Event event{Event::Kind::reply, parser_.take(), {}, arrived_at_};
    note_reply(event.reply);
    return event;
  }
}

Event Session::closed_event(std::string detail) {
  peer_closed_ = true;
  Event closed{Event::Kind::closed, {}, std::move(detail), Clock::now()};
  if (splitter_.pending().empty() && !parser_.in_progress()) return closed;
  const smtp::Line rest{std::string(splitter_.pending()), smtp::Ending::none};
  splitter_.clear();
  if (!rest.text.empty()) parser_.feed(rest);
  Event cut{Event::Kind::reply, parser_.take(), {}, closed.at};
  cut.reply.faults.push_back(smtp::ReplyFault::cut_off);
  note_reply(cut.reply);
  unread(std::move(closed));
  return cut;
}

void Session::note_reply(const smtp::Reply& reply) {
  // A greeting that comes after an early EHLO is not the answer to it.
  const bool answers_ehlo = said_ehlo_ && reply.code != 220;
  if (observer_) observer_(reply, answers_ehlo);
  if (answers_ehlo && reply.usable() && reply.code == 250) capabilities = smtp::parse_capabilities(reply);
  if (answers_ehlo) said_ehlo_ = false;
  expects_content_ = reply.code == 354 || reply.code == 334;
  recording_ = reply.code == 354;
  if (!recording_) return;
  contents_.emplace_back();
  const auto early = std::exchange(early_content_, std::nullopt);
  if (early) note_content(*early);
}

wire::Task<Event> Session::next_event(wire::Deadline deadline) {
  if (!returned_.empty()) {
    Event event = std::move(returned_.back());
    returned_.pop_back();
    co_return event;
  }
  for (;;) {
    if (auto event = event_from_buffer()) co_return std::move(*event);
    if (peer_closed_) co_return Event{Event::Kind::closed, {}, "the stream had ended", Clock::now()};
    if (received_ > max_received) {
      co_return Event{Event::Kind::silence,
                      {},
                      "for it was no longer listened to after 4 MiB in one session",
                      Clock::now()};
    }
    wire::ReadOutcome outcome = co_await connection_.read_some(deadline);
    arrived_at_ = Clock::now();
    if (const auto* received = std::get_if<wire::Received>(&outcome)) {
      received_ += received->bytes.size();
      splitter_.feed(received->bytes);
    } else if (std::holds_alternative<wire::TimedOut>(outcome)) {
      std::string detail;
      if (!splitter_.pending().empty()) {
        detail.append("after the beginning of a line: ").append(splitter_.pending());
      }
      co_return Event{Event::Kind::silence, {}, std::move(detail), arrived_at_};
    } else {
      co_return closed_event(wire::describe(outcome));
    }
  }
}

void Session::note_sent(std::string_view bytes) {
  sent_at_ = Clock::now();
  said_ehlo_ = says_hello(bytes);
  asked_for_tls_ = asked_for_tls_ || behind(bytes, "STARTTLS");
  note_content(bytes);
}

void Session::note_content(std::string_view bytes) {
  if (recording_) bytes = record(bytes);
  if (recording_) return;
  // Content that does not wait for its 354.
  if (const auto content = behind(bytes, "DATA\r\n"))
    early_content_ = *content;
  else if (early_content_ && early_content_->size() + bytes.size() <= max_recorded_content)
    *early_content_ += bytes;
}

// Gives what stands behind the end. RFC 5321 4.1.1.4: CRLF.CRLF ends it, and the first CRLF belongs to it; an
// empty message ends with the bare dot line.
std::string_view Session::record(std::string_view bytes) {
  auto& content = contents_.back();
  if (content.size() + bytes.size() > max_recorded_content) return {};
  content += bytes;
  const bool is_empty = content.starts_with(".\r\n");
  const auto end = is_empty ? 0 : content.find("\r\n.\r\n");
  if (end == std::string::npos) return {};
  const auto kept = is_empty ? 0 : end + 2;
  const auto behind = content.size() - kept - std::string_view(".\r\n").size();
  content.resize(kept);
  recording_ = false;
  return bytes.substr(bytes.size() - std::min(bytes.size(), behind));
}

wire::Task<wire::WriteOutcome> Session::send(std::string_view bytes, wire::Deadline deadline) {
  note_sent(bytes);
  return connection_.write(bytes, deadline);
}

wire::Task<bool> Session::send_segments(std::vector<std::string> parts, std::chrono::nanoseconds gap,
                                        wire::Deadline deadline) {
  std::string all;
  for (const auto& part : parts) all += part;
  note_sent(all);
  const wire::WriteOutcome outcome = co_await connection_.write_segments(std::move(parts), gap, deadline);
  sent_at_ = Clock::now();
  co_return !std::holds_alternative<wire::TimedOut>(outcome);
}

wire::Task<wire::TlsOutcome> Session::start_tls(wire::TlsClientContext context, std::string server_name,
                                                wire::Deadline deadline) {
  wire::TlsStart start{std::string(splitter_.pending()), wire::ClearBytes::set_aside};
  splitter_.clear();
  sent_at_ = Clock::now();
  wire::TlsOutcome outcome = co_await connection_.start_tls_client(std::move(context), std::move(server_name),
                                                                   std::move(start), deadline);
  if (std::holds_alternative<wire::TlsUp>(outcome)) capabilities.reset();
  co_return outcome;
}

}  // namespace smtpspec::engine
