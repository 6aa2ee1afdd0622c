// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "wire/connection_impl.hpp"

/// How a connection goes over to TLS (RFC 3207 section 4), and what becomes of octets that came before.
namespace smtpspec::wire {
using base::TranscriptEvent;

namespace {

constexpr std::size_t max_shown_garbage = 64;

/// RFC 8446 5.1: content type 20 to 23, then major version 3.
bool may_be_tls(std::string_view beginning) {
  if (beginning.empty()) return true;
  const bool is_type = beginning[0] >= 20 && beginning[0] <= 23;
  return is_type && (beginning.size() < 2 || beginning[1] == 3);
}

}  // namespace

Task<TlsOutcome> Connection::Impl::start_tls(Self self, TlsSession session, bool is_client, TlsStart start,
                                             Deadline deadline) {
  SocketStream& stream = *self->stream;
  std::string unread = self->take_unread(start, is_client);
  if (start.clear_bytes == ClearBytes::set_aside && !unread.empty()) {
    stream.note(
        fmt::format("{} bytes that came in the clear before the TLS handshake are set aside", unread.size()));
    self->set_aside = std::exchange(unread, {});
  }
  std::string injected;
  if (start.clear_bytes == ClearBytes::to_application) injected = std::exchange(unread, {});

  stream.recording = false;
  TlsOutcome outcome = co_await shake_hands(self, session, std::move(unread), deadline);
  stream.note(describe(outcome));
  if (const auto* up = std::get_if<TlsUp>(&outcome)) {
    self->facts = up->facts;
    self->tls.emplace(std::move(session));
    self->injected_ = std::move(injected);
    co_return outcome;
  }
  // In the clear as before, for whoever wants to know what else came.
  stream.recording = true;
  self->encrypted_.clear();
  self->encrypted_sent_ = 0;
  stream.put_back(injected);
  co_return outcome;
}

std::string Connection::Impl::take_unread(const TlsStart& start, bool is_client) {
  std::string unread = start.held;
  if (is_client && start.clear_bytes != ClearBytes::to_handshake) stream->take_in();
  if (stream->held_bytes() > 0) unread += stream->take_input();
  return unread;
}

/// `beginning` is the first that the peer said in the handshake, as far as it is known already.
Task<TlsOutcome> Connection::Impl::shake_hands(Self self, TlsSession& session, std::string beginning,
                                               Deadline deadline) {
  SocketStream& stream = *self->stream;
  constexpr std::size_t header_bytes = 5;
  const std::size_t recorded = beginning.size();
  session.feed(beginning);
  for (;;) {
    if (!may_be_tls(beginning)) {
      stream.record(TranscriptEvent::Kind::received, std::string_view(beginning).substr(recorded), false);
      stream.put_back(beginning);
      co_return TlsGarbage{beginning.substr(0, max_shown_garbage)};
    }
    const TlsSession::State state = session.handshake();
    self->encrypted_ += session.take_output();
    // A peer that has closed may still have said why: a failed write is left to the read that follows.
    const WriteOutcome written = co_await send_encrypted(self, deadline);
    if (state == TlsSession::State::done) co_return TlsUp{session.facts()};
    if (state == TlsSession::State::failed) co_return self->why_handshake_failed(session);
    if (std::holds_alternative<TimedOut>(written)) co_return TimedOut{};

    std::string input = stream.take_input();
    while (input.empty()) {
      if (!stream.is_open()) co_return closed_by_us();
      if (stream.end()) {
        const ReadOutcome end = self->outcome_of(*stream.end(), PeerClosed::Tls::none);
        if (const auto* closed = std::get_if<PeerClosed>(&end)) co_return *closed;
        co_return std::get<Failed>(end);
      }
      const Woken woken = co_await stream.wait_readable(deadline);
      input = stream.take_input();
      if (woken == Woken::deadline && input.empty()) co_return TimedOut{};
      if (woken == Woken::cancelled) co_return given_up();
    }
    if (beginning.size() < header_bytes) beginning += input;
    session.feed(input);
  }
}

TlsOutcome Connection::Impl::why_handshake_failed(const TlsSession& session) const {
  if (!session.alert().empty()) return TlsAlert{TlsAlert::From::peer, session.alert()};
  return TlsAlert{TlsAlert::From::us, session.failure()};
}

}  // namespace smtpspec::wire
