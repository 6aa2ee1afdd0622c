// SPDX-License-Identifier: Apache-2.0
#include "wire/connection.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "wire/connection_maker.hpp"
#include "wire/socket_address.hpp"
#include "wire/socket_stream.hpp"
#include "wire/tls_session.hpp"

namespace smtpspec::wire {
namespace asio = boost::asio;
using base::TranscriptEvent;

namespace {

constexpr std::size_t max_record_bytes = 16 * 1024;  // RFC 8446 5.1
constexpr std::size_t max_shown_garbage = 64;
constexpr int max_records_without_data = 64;
constexpr std::size_t max_arrived_bytes = 1024 * 1024;
constexpr std::chrono::microseconds first_queue_look{50};
constexpr std::chrono::microseconds longest_queue_look{2000};

Failed closed_by_us() {
  return failure(asio::error::operation_aborted, "the connection was closed by us");
}

Failed given_up() {
  return failure(asio::error::operation_aborted, "waiting was given up");
}

/// RFC 8446 5.1: content type 20 to 23, then major version 3.
bool may_be_tls(std::string_view beginning) {
  if (beginning.empty()) return true;
  const bool is_type = beginning[0] >= 20 && beginning[0] <= 23;
  return is_type && (beginning.size() < 2 || beginning[1] == 3);
}

Endpoint unknown_endpoint() {
  return UnixEndpoint{};
}

}  // namespace

/// What a Connection is made of: the socket below, TLS above when it is on, and what is on its way between
/// the two.
class Connection::Impl {
 public:
  using Self = std::shared_ptr<Impl>;

  Impl(std::shared_ptr<SocketStream> s, Endpoint* known_peer) : stream(std::move(s)) {
    if (known_peer != nullptr) peer = *known_peer;
  }

  static Task<ReadOutcome> read_some(Self self, Deadline deadline);
  static Task<WriteOutcome> write(Self self, std::string_view bytes, Deadline deadline);
  static Task<WriteOutcome> write_in_records(Self self, std::string_view bytes, Deadline deadline);
  static Task<WriteOutcome> write_segments(Self self, std::vector<std::string> segments,
                                           std::chrono::nanoseconds gap, Deadline deadline);
  static Task<WriteOutcome> wait_until_sent(Self self, Deadline deadline);
  static Task<TlsOutcome> start_tls(Self self, TlsSession session, bool is_client, TlsStart start,
                                    Deadline deadline);
  static Task<void> linger_and_close(Self self, Deadline deadline);

  std::optional<ReadOutcome> read_ready();
  void say_goodbye(Goodbye goodbye);
  void close();

  std::shared_ptr<SocketStream> stream;
  std::optional<TlsSession> tls;
  TlsFacts facts;
  std::string set_aside;
  std::optional<Endpoint> local;
  std::optional<Endpoint> peer;

 private:
  static Task<WriteOutcome> send(Self self, std::string_view bytes, Deadline deadline);
  static Task<WriteOutcome> send_encrypted(Self self, Deadline deadline);
  static Task<TlsOutcome> shake_hands(Self self, TlsSession& session, std::string beginning,
                                      Deadline deadline);

  std::optional<ReadOutcome> read_clear();
  std::optional<ReadOutcome> read_decrypted();
  ReadOutcome outcome_of(const StreamEnd& end, PeerClosed::Tls how_tls) const;
  std::optional<WriteOutcome> why_not_write() const;
  TlsOutcome why_handshake_failed(const TlsSession& session) const;
  std::string take_unread(const TlsStart& start, bool is_client);
  void note_once(const char* text);
  void send_what_fits();

  std::string injected_;   // clear bytes that are given as if they had come inside TLS
  std::string encrypted_;  // on its way out, so that a write that times out leaves no half record
  std::size_t encrypted_sent_ = 0;
  bool end_noted_ = false;
};

// Reading

Task<ReadOutcome> Connection::Impl::read_some(Self self, Deadline deadline) {
  SocketStream& stream = *self->stream;
  // Right after a write the answer can't be here yet; asking for it would be a system call in vain.
  const bool in_vain =
      !self->tls && self->injected_.empty() && stream.just_wrote() && stream.held_bytes() == 0;
  if (!in_vain) {
    if (auto outcome = self->read_ready()) co_return std::move(*outcome);
  }
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
  for (const std::string& segment : segments) {
    if (!std::exchange(is_first, false)) {
      WriteOutcome sent = co_await wait_until_sent(self, deadline);
      if (!std::holds_alternative<Written>(sent)) co_return sent;
      if (gap.count() > 0) {
        const Deadline gap_end = deadline_after(gap);
        co_await sleep_until(self->stream->loop(), std::min(gap_end, deadline));
        if (gap_end > deadline) co_return TimedOut{};
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
  // The kernel has no event for an empty send queue: look again and again, less and less often.
  std::chrono::microseconds pause = first_queue_look;
  while (!self->stream->send_queue_empty()) {
    const Deadline next = deadline_after(pause);
    if (next > deadline) co_return TimedOut{};
    co_await sleep_until(self->stream->loop(), next);
    pause = std::min(pause * 2, longest_queue_look);
  }
  co_return Written{};
}

// TLS

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

// Ending

void Connection::Impl::say_goodbye(Goodbye goodbye) {
  if (tls && goodbye == Goodbye::orderly && !stream->sending_shut_down() && stream->is_open()) {
    tls->shut_down();
    encrypted_ += tls->take_output();
    stream->note("we closed our side (TLS close_notify)", true);
  }
  send_what_fits();
}

void Connection::Impl::close() {
  if (!stream->is_open()) return;
  say_goodbye(Goodbye::orderly);
  stream->close();
}

Task<void> Connection::Impl::linger_and_close(Self self, Deadline deadline) {
  self->say_goodbye(Goodbye::orderly);
  self->stream->shut_down_sending();
  for (;;) {
    const ReadOutcome outcome = co_await read_some(self, deadline);
    if (!std::holds_alternative<Received>(outcome)) break;
    if (std::chrono::steady_clock::now() >= deadline) break;
  }
  self->stream->close();
}

// The public face

Connection::Connection(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;

Connection& Connection::operator=(Connection&& other) noexcept {
  if (this == &other) return *this;
  if (impl_) impl_->close();
  impl_ = std::move(other.impl_);
  return *this;
}

Connection::~Connection() {
  if (impl_) impl_->close();
}

Connection ConnectionMaker::make(EventLoop& loop, Socket socket, bool is_unix,
                                 const ConnectionSettings& settings, Endpoint* peer) {
  auto stream = std::make_shared<SocketStream>(loop, std::move(socket), is_unix, settings);
  auto impl = std::make_shared<Connection::Impl>(std::move(stream), peer);
  Connection connection(std::move(impl));
  if (settings.keep_transcript) {
    connection.transcript().add(
        TranscriptEvent::Kind::note,
        (peer != nullptr ? "connected to " : "accepted from ") + format(connection.peer()));
  }
  return connection;
}

Task<ReadOutcome> Connection::read_some(Deadline deadline) {
  return Impl::read_some(impl_, deadline);
}

std::string Connection::take_arrived() {
  std::string all;
  while (all.size() < max_arrived_bytes) {
    auto outcome = impl_->read_ready();
    if (!outcome) break;
    auto* received = std::get_if<Received>(&*outcome);
    if (received == nullptr) break;
    all += received->bytes;
  }
  return all;
}

Task<WriteOutcome> Connection::write(std::string_view bytes, Deadline deadline) {
  return Impl::write(impl_, bytes, deadline);
}

Task<WriteOutcome> Connection::write_segments(std::vector<std::string> segments, std::chrono::nanoseconds gap,
                                              Deadline deadline) {
  return Impl::write_segments(impl_, std::move(segments), gap, deadline);
}

Task<WriteOutcome> Connection::wait_until_sent(Deadline deadline) {
  return Impl::wait_until_sent(impl_, deadline);
}

Task<TlsOutcome> Connection::start_tls_client(TlsClientContext context, std::string server_name,
                                              TlsStart start, Deadline deadline) {
  return Impl::start_tls(impl_, TlsSession::client(context, server_name), true, std::move(start), deadline);
}

Task<TlsOutcome> Connection::start_tls_server(TlsServerContext context, TlsStart start, Deadline deadline) {
  return Impl::start_tls(impl_, TlsSession::server(context), false, std::move(start), deadline);
}

const std::string& Connection::set_aside() const {
  return impl_->set_aside;
}
std::size_t Connection::unread_bytes() const {
  return impl_->stream->held_bytes();
}
bool Connection::encrypted() const {
  return impl_->tls.has_value();
}
const TlsFacts* Connection::tls_facts() const {
  return impl_->tls ? &impl_->facts : nullptr;
}

void Connection::half_close(Goodbye goodbye) {
  impl_->say_goodbye(goodbye);
  impl_->stream->shut_down_sending();
}

Task<void> Connection::linger_and_close(Deadline deadline) {
  return Impl::linger_and_close(impl_, deadline);
}

void Connection::close() {
  impl_->close();
}
void Connection::abort() {
  impl_->stream->abort();
}
bool Connection::is_open() const {
  return impl_->stream->is_open();
}

const Endpoint& Connection::local() const {
  if (!impl_->local) {
    boost::system::error_code error;
    const Address address = impl_->stream->socket().local_endpoint(error);
    impl_->local = error ? unknown_endpoint() : endpoint_of(address);
  }
  return *impl_->local;
}

const Endpoint& Connection::peer() const {
  if (!impl_->peer) {
    boost::system::error_code error;
    const Address address = impl_->stream->socket().remote_endpoint(error);
    impl_->peer = error ? unknown_endpoint() : endpoint_of(address);
  }
  return *impl_->peer;
}

int Connection::native_handle() const {
  return impl_->stream->socket().native_handle();
}

base::Transcript& Connection::transcript() {
  return impl_->stream->transcript;
}

base::Transcript Connection::take_transcript() {
  return std::exchange(impl_->stream->transcript, {});
}

std::string describe(const Connection& connection) {
  return "connected to " + format(connection.peer());
}

}  // namespace smtpspec::wire
