// SPDX-License-Identifier: Apache-2.0
#include "wire/listener.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "wire/connection_maker.hpp"
#include "wire/socket_address.hpp"

namespace smtpspec::wire {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, Executor>;

constexpr std::chrono::milliseconds out_of_files_pause{20};

bool nobody_there(const error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

bool is_out_of_files(const error_code& error) {
  return error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
         error == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

class Listener::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, const ListenOptions& options)
      : loop_(loop), acceptor_(loop.executor()), someone_(loop), settings_(options.settings) {}

  error_code open(const Address& address, int backlog);
  void close();
  const Endpoint& endpoint() const { return endpoint_; }
  static Task<AcceptOutcome> accept(std::shared_ptr<Impl> self, Deadline deadline);

 private:
  void watch();

  EventLoop& loop_;
  Acceptor acceptor_;
  WaitSlot someone_;
  ConnectionSettings settings_;
  Endpoint endpoint_;
  bool watching_ = false;
};

error_code Listener::Impl::open(const Address& address, int backlog) {
  error_code error;
  acceptor_.open(address.protocol(), error);
  if (error) return error;
  if (family_of(address) != AF_UNIX) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (family_of(address) == AF_INET6) acceptor_.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor_.bind(address, error);
  if (!error) acceptor_.listen(backlog, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (!error) endpoint_ = endpoint_of(acceptor_.local_endpoint(error));
  return error;
}

void Listener::Impl::close() {
  if (!acceptor_.is_open()) return;
  error_code ignored;
  // A process that is just being started has a copy of every socket until its program begins; the port would
  // be in use for as long.
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  acceptor_.close(ignored);
  if (const auto* local = std::get_if<UnixEndpoint>(&endpoint_)) unlink(local->path.c_str());
  someone_.wake_soon();
}

void Listener::Impl::watch() {
  if (watching_) return;
  watching_ = true;
  acceptor_.async_wait(Acceptor::wait_read, [self = shared_from_this()](const error_code&) {
    self->watching_ = false;
    self->someone_.wake();
  });
}

Task<AcceptOutcome> Listener::Impl::accept(std::shared_ptr<Impl> self, Deadline deadline) {
  for (;;) {
    if (!self->acceptor_.is_open()) co_return ListenerClosed{};
    Socket socket(self->loop_.executor());
    error_code error;
    self->acceptor_.accept(socket, error);
    if (!error) {
      const bool is_unix = std::holds_alternative<UnixEndpoint>(self->endpoint_);
      if (!is_unix) socket.set_option(asio::ip::tcp::no_delay(true), error);
      co_return ConnectionMaker::make(self->loop_, std::move(socket), is_unix, self->settings_, nullptr);
    }
    if (error == asio::error::connection_aborted) continue;
    if (is_out_of_files(error)) {
      if (deadline <= deadline_after(out_of_files_pause)) co_return TimedOut{};
      co_await sleep_for(self->loop_, out_of_files_pause);
      continue;
    }
    if (!nobody_there(error)) co_return Failed{error, "can't accept: " + error.message()};
    self->watch();
    const Woken woken = co_await self->someone_.wait(deadline);
    if (woken == Woken::deadline) co_return TimedOut{};
    if (woken == Woken::cancelled) co_return failure(asio::error::operation_aborted, "waiting was given up");
  }
}

Listener::Listener(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::Listener(Listener&&) noexcept = default;

Listener& Listener::operator=(Listener&& other) noexcept {
  if (this == &other) return *this;
  if (impl_) impl_->close();
  impl_ = std::move(other.impl_);
  return *this;
}

Listener::~Listener() {
  if (impl_) impl_->close();
}

const Endpoint& Listener::endpoint() const {
  return impl_->endpoint();
}
Task<AcceptOutcome> Listener::accept(Deadline deadline) {
  return Impl::accept(impl_, deadline);
}
void Listener::close() {
  impl_->close();
}

std::string describe(const ListenerClosed&) {
  return "no longer listening";
}

struct ListenerMaker {
  static ListenOutcome make(EventLoop& loop, const Address& address, const ListenOptions& options) {
    auto impl = std::make_shared<Listener::Impl>(loop, options);
    if (const error_code error = impl->open(address, options.backlog)) {
      return Failed{error, "can't listen at " + format(endpoint_of(address)) + ": " + error.message()};
    }
    return Listener(std::move(impl));
  }
};

ListenOutcome listen(EventLoop& loop, const Endpoint& endpoint, const ListenOptions& options) {
  std::optional<Address> address;
  if (const auto* local = std::get_if<UnixEndpoint>(&endpoint)) {
    address = unix_address(local->path);
  } else {
    const auto& tcp = std::get<TcpEndpoint>(endpoint);
    address = literal_address(tcp.host, tcp.port);
  }
  if (!address)
    return failure(asio::error::invalid_argument, "can't listen at " + format(endpoint) + ": no address");
  return ListenerMaker::make(loop, *address, options);
}

}  // namespace smtpspec::wire
