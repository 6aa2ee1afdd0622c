// SPDX-License-Identifier: Apache-2.0
#include "wire/connection.hpp"

#include <utility>

#include "wire/connection_impl.hpp"
#include "wire/connection_maker.hpp"
#include "wire/socket_address.hpp"

namespace smtpspec::wire {
using base::TranscriptEvent;

namespace {

constexpr std::size_t max_arrived_bytes = 1024 * 1024;

// More than the kernels hold between two that have stopped; who goes on sending after that, doesn't listen.
constexpr std::size_t max_lingering_bytes = 64 * 1024 * 1024;

Endpoint unknown_endpoint() {
  return UnixEndpoint{};
}

}  // namespace

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
  std::size_t thrown_away = 0;
  while (thrown_away < max_lingering_bytes) {
    const ReadOutcome outcome = co_await read_some(self, deadline);
    const auto* received = std::get_if<Received>(&outcome);
    if (received == nullptr) break;
    thrown_away += received->bytes.size();
    if (FairClock::now() >= deadline) break;
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
