// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "wire/connection_impl.hpp"
#include "wire/peer_reading.hpp"

/// Reading and writing, in the clear and through TLS.
namespace smtpspec::wire {
namespace asio = boost::asio;
using base::TranscriptEvent;

namespace {

constexpr std::size_t max_record_bytes = 16 * 1024;  // RFC 8446 5.1
constexpr int max_records_without_data = 64;
constexpr int max_reads_in_a_row = 16;  // then others on the loop have their turn
constexpr std::chrono::microseconds first_queue_look{50};
constexpr std::chrono::microseconds longest_queue_look{2000};
constexpr std::chrono::milliseconds patience_with_a_reader{500};  // who reads nothing for so long won't soon

}  // namespace

// Reading

Task<ReadOutcome> Connection::Impl::read_some(Self self, Deadline deadline) {
  SocketStream& stream = *self->stream;
  // Right after a write the answer can't be here yet; asking for it would be a system call in vain.
  const bool in_vain =
      !self->tls && self->injected_.empty() && stream.just_wrote() && stream.held_bytes() == 0;
  if (!in_vain) {
    // A peer that sends faster than we read must not keep the loop for itself.
    if (++self->reads_in_a_row_ > max_reads_in_a_row) {
      self->reads_in_a_row_ = 0;
      co_await stream.give_way();
    }
    if (auto outcome = self->read_ready()) co_return std::move(*outcome);
  }
  self->reads_in_a_row_ = 0;
  for (;;) {
    const Woken woken = co_await stream.wait_readable(deadline);
    if (auto outcome = self->read_ready()) co_return std::move(*outcome);
    if (woken == Woken::deadline) co_return TimedOut{};
    if (woken == Woken::cancelled) co_return given_up();
  }
}

std::optional<ReadOutcome> Connection::Impl::read_ready() {
  if (!stream->is_open()) return closed_by_us();
  if (!injected_.empty()) return Received{std::exchange(injected_, {})};
  return tls ? read_decrypted() : read_clear();
}

std::optional<ReadOutcome> Connection::Impl::read_clear() {
  std::string bytes = stream->take_input();
  if (!bytes.empty()) return Received{std::move(bytes)};
  if (stream->end()) return outcome_of(*stream->end(), PeerClosed::Tls::none);
  return std::nullopt;
}

std::optional<ReadOutcome> Connection::Impl::read_decrypted() {
  std::string plain;
  for (int records = 0; records < max_records_without_data; ++records) {
    const TlsSession::State state = tls->read(plain);
    encrypted_ += tls->take_output();
    send_what_fits();
    if (!plain.empty()) {
      stream->record(TranscriptEvent::Kind::received, plain, true);
      return Received{std::move(plain)};
    }
    if (state == TlsSession::State::closed) {
      note_once("peer closed (TLS close_notify)");
      const bool reset = stream->end() && stream->end()->how == StreamEnd::How::rst;
      return PeerClosed{reset ? PeerClosed::How::rst : PeerClosed::How::fin, PeerClosed::Tls::close_notify};
    }
    if (state == TlsSession::State::failed) {
      const bool by_peer = !tls->alert().empty();
      const TlsFailed failed{by_peer ? tls->alert() : tls->failure(), by_peer};
      note_once(describe(failed).c_str());
      return failed;
    }
    const std::string input = stream->take_input();
    if (input.empty()) {
      if (!stream->end()) return std::nullopt;
      note_once("the end came without TLS close_notify");
      return outcome_of(*stream->end(), PeerClosed::Tls::truncated);
    }
    tls->feed(input);
  }
  return std::nullopt;
}

ReadOutcome Connection::Impl::outcome_of(const StreamEnd& end, PeerClosed::Tls how_tls) const {
  switch (end.how) {
    case StreamEnd::How::fin:
      return PeerClosed{PeerClosed::How::fin, how_tls};
    case StreamEnd::How::rst:
      return PeerClosed{PeerClosed::How::rst, how_tls};
    case StreamEnd::How::closed_by_us:
      return closed_by_us();
    case StreamEnd::How::error:
      break;
  }
  return Failed{end.error, "reading failed: " + end.error.message()};
}

void Connection::Impl::note_once(const char* text) {
  if (!std::exchange(end_noted_, true)) stream->note(text, true);
}

// Writing

Task<WriteOutcome> Connection::Impl::write(Self self, std::string_view bytes, Deadline deadline) {
  if (self->stream->sending_shut_down()) {
    co_return failure(asio::error::broken_pipe, "we had closed our side already");
  }
  if (self->tls) {
    WriteOutcome outcome = co_await write_in_records(self, bytes, deadline);
    co_return outcome;
  }
  // The usual case, all at once, without another coroutine.
  bytes.remove_prefix(self->stream->send(bytes));
  if (bytes.empty()) co_return Written{};
  WriteOutcome outcome = co_await send(self, bytes, deadline);
  co_return outcome;
}

Task<WriteOutcome> Connection::Impl::send(Self self, std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const std::size_t sent = self->stream->send(bytes);
    bytes.remove_prefix(sent);
    if (auto problem = self->why_not_write()) co_return std::move(*problem);
    if (sent > 0) continue;
    const Woken woken = co_await self->stream->wait_writable(deadline);
    if (woken == Woken::deadline) co_return TimedOut{};
    if (woken == Woken::cancelled) co_return given_up();
  }
  co_return Written{};
}

std::optional<WriteOutcome> Connection::Impl::why_not_write() const {
  if (!stream->is_open()) return closed_by_us();
  const boost::system::error_code& error = stream->send_error();
  if (!error) return std::nullopt;
  const PeerClosed::Tls how_tls = tls ? PeerClosed::Tls::truncated : PeerClosed::Tls::none;
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe) {
    return PeerClosed{stream->is_unix() ? PeerClosed::How::fin : PeerClosed::How::rst, how_tls};
  }
  return Failed{error, "writing failed: " + error.message()};
}

Task<WriteOutcome> Connection::Impl::write_in_records(Self self, std::string_view bytes, Deadline deadline) {
  do {
    const std::string_view part = bytes.substr(0, max_record_bytes);
    bytes.remove_prefix(part.size());
    const TlsSession::State state = self->tls->write(part);
    self->encrypted_ += self->tls->take_output();
    if (state != TlsSession::State::done) co_return TlsFailed{self->tls->failure(), false};
    self->stream->record(TranscriptEvent::Kind::sent, part, true);
    WriteOutcome outcome = co_await send_encrypted(self, deadline);
    if (!std::holds_alternative<Written>(outcome)) co_return outcome;
  } while (!bytes.empty());
  co_return Written{};
}

Task<WriteOutcome> Connection::Impl::send_encrypted(Self self, Deadline deadline) {
  for (;;) {
    self->send_what_fits();
    if (self->encrypted_.empty()) co_return Written{};
    if (auto problem = self->why_not_write()) co_return std::move(*problem);
    const Woken woken = co_await self->stream->wait_writable(deadline);
    if (woken == Woken::deadline) co_return TimedOut{};
    if (woken == Woken::cancelled) co_return given_up();
  }
}

void Connection::Impl::send_what_fits() {
  while (encrypted_sent_ < encrypted_.size()) {
    const std::size_t sent = stream->send(std::string_view(encrypted_).substr(encrypted_sent_));
    if (sent == 0) return;
    encrypted_sent_ += sent;
  }
  encrypted_.clear();
  encrypted_sent_ = 0;
}

Task<WriteOutcome> Connection::Impl::write_segments(Self self, std::vector<std::string> segments,
                                                    std::chrono::nanoseconds gap, Deadline deadline) {
  bool is_first = true;
  bool reads = true;
  for (const std::string& segment : segments) {
    if (!std::exchange(is_first, false)) {
      WriteOutcome sent = co_await wait_until_sent(self, deadline);
      if (!std::holds_alternative<Written>(sent)) co_return sent;
      if (gap.count() > 0) {
        const auto patience = std::min(deadline, deadline_after(patience_with_a_reader));
        reads = reads && co_await wait_until_read(self, patience);
        const auto left = deadline == no_deadline ? gap : deadline - FairClock::now();
        co_await sleep_for(self->stream->loop(), std::min(gap, left));
        if (gap > left) co_return TimedOut{};
      }
    }
    WriteOutcome written = co_await write(self, segment, deadline);
    if (!std::holds_alternative<Written>(written)) co_return written;
  }
  co_return Written{};
}

Task<WriteOutcome> Connection::Impl::wait_until_sent(Self self, Deadline deadline) {
  WriteOutcome flushed = co_await send_encrypted(self, deadline);
  if (!std::holds_alternative<Written>(flushed)) co_return flushed;
  const bool sent = co_await look_until(
      self, [](SocketStream& s) { return s.send_queue_empty(); }, deadline);
  if (!sent) co_return TimedOut{};
  co_return Written{};
}

Task<bool> Connection::Impl::wait_until_read(Self self, Deadline deadline) {
  return look_until(
      self, [](SocketStream& s) { return peer_reading(s.socket().native_handle()) != PeerReading::behind; },
      deadline);
}

// The kernel has no event for a queue that has become empty: look again and again, less and less often.
Task<bool> Connection::Impl::look_until(Self self, bool (*holds)(SocketStream&), Deadline deadline) {
  std::chrono::microseconds pause = first_queue_look;
  while (!holds(*self->stream)) {
    if (deadline_after(pause) > deadline) co_return false;
    co_await sleep_for(self->stream->loop(), pause);
    pause = std::min(pause * 2, longest_queue_look);
  }
  co_return true;
}

}  // namespace smtpspec::wire
