// SPDX-License-Identifier: Apache-2.0
#include "wire/socket_stream.hpp"

#include <algorithm>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#ifdef __linux__
#include <linux/sockios.h>
#endif

namespace smtpspec::wire {
namespace asio = boost::asio;

namespace {

bool means_reset(const boost::system::error_code& error) {
  return error == asio::error::connection_reset || error == asio::error::broken_pipe;
}

/// Bytes that we wrote and that are not yet on the wire. On Linux what the peer has not acknowledged doesn't
/// count: it left in a segment of its own, and a delayed acknowledgement would cost 40 ms a segment.
int queued_bytes([[maybe_unused]] int socket) {
  int bytes = 0;
#if defined(SIOCOUTQNSD)
  if (ioctl(socket, SIOCOUTQNSD, &bytes) != 0) return 0;
#elif defined(SO_NWRITE)
  socklen_t size = sizeof(bytes);
  if (getsockopt(socket, SOL_SOCKET, SO_NWRITE, &bytes, &size) != 0) return 0;
#endif
  return bytes;
}

}  // namespace

SocketStream::SocketStream(EventLoop& loop, Socket socket, bool is_unix, const ConnectionSettings& settings)
    : loop_(loop),
      socket_(std::move(socket)),
      settings_(settings),
      reader_(loop),
      writer_(loop),
      is_unix_(is_unix) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

std::string SocketStream::take_input() {
  just_wrote_ = false;
  if (!incoming_.empty()) return std::exchange(incoming_, {});
  return std::string(receive(loop_.scratch().size()));
}

void SocketStream::take_in() {
  while (incoming_.size() < settings_.max_unread_bytes) {
    const std::string_view bytes = receive(settings_.max_unread_bytes - incoming_.size());
    if (bytes.empty()) return;
    incoming_ += bytes;
  }
}

/// The bytes lie in the loop's scratch buffer: copy them at once.
std::string_view SocketStream::receive(std::size_t max_bytes) {
  if (end_) return {};
  std::string& scratch = loop_.scratch();
  boost::system::error_code error;
  const std::size_t size =
      socket_.receive(asio::buffer(scratch.data(), std::min(max_bytes, scratch.size())), 0, error);
  if (error == asio::error::would_block || error == asio::error::try_again) return {};
  if (error) {
    ended(error);
    return {};
  }
  const std::string_view bytes(scratch.data(), size);
  if (recording) record(base::TranscriptEvent::Kind::received, bytes, false);
  return bytes;
}

void SocketStream::ended(const boost::system::error_code& error) {
  using How = StreamEnd::How;
  if (!socket_.is_open()) {
    end_ = StreamEnd{How::closed_by_us, asio::error::operation_aborted};
  } else if (means_reset(error) || reset_seen_) {
    end_ = StreamEnd{How::rst, error};
    note("peer closed (RST)");
  } else if (error == asio::error::eof) {
    end_ = StreamEnd{How::fin, error};
    note("peer closed (FIN)");
  } else {
    end_ = StreamEnd{How::error, error};
    note("reading failed: " + error.message());
  }
}

Task<Woken> SocketStream::wait_readable(Deadline deadline) {
  just_wrote_ = false;
  watch_for_input();
  return reader_.wait(deadline);
}

Task<void> SocketStream::give_way() {
  co_await asio::post(loop_.executor(), asio::use_awaitable_t<Executor>{});
}

void SocketStream::watch_for_input() {
  if (watching_input_ || !socket_.is_open()) return;
  watching_input_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const boost::system::error_code&) {
    self->watching_input_ = false;
    self->input_is_here();
  });
}

void SocketStream::input_is_here() {
  if (reader_.waiting()) return reader_.wake();
  if (!writer_.waiting()) return;
  take_in();
  const bool full = incoming_.size() >= settings_.max_unread_bytes;
  if (!full && !end_) watch_for_input();
}

std::size_t SocketStream::send(std::string_view bytes) {
  if (send_error_) return 0;
  boost::system::error_code error;
  const std::size_t size = socket_.send(asio::buffer(bytes.data(), bytes.size()), 0, error);
  if (error == asio::error::would_block || error == asio::error::try_again) return 0;
  if (error) {
    send_error_ = error;
    reset_seen_ = reset_seen_ || (means_reset(error) && !sending_shut_down_ && !is_unix_);
    note("writing failed: " + error.message());
    return 0;
  }
  just_wrote_ = true;
  if (recording) record(base::TranscriptEvent::Kind::sent, bytes.substr(0, size), false);
  return size;
}

Task<Woken> SocketStream::wait_writable(Deadline deadline) {
  if (!watching_output_ && socket_.is_open()) {
    watching_output_ = true;
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const boost::system::error_code&) {
      self->watching_output_ = false;
      self->writer_.wake();
    });
  }
  if (!end_ && incoming_.size() < settings_.max_unread_bytes) watch_for_input();
  return writer_.wait(deadline);
}

bool SocketStream::send_queue_empty() {
  if (!socket_.is_open()) return true;
  const int handle = socket_.native_handle();
  if (queued_bytes(handle) == 0) return true;
  // After a reset the counter stays where it was.
  pollfd state{handle, 0, 0};
  return poll(&state, 1, 0) == 1 && (state.revents & POLLERR) != 0;
}

void SocketStream::shut_down_sending() {
  if (sending_shut_down_ || !socket_.is_open()) return;
  sending_shut_down_ = true;
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  note("we closed our side (FIN)");
}

void SocketStream::close() {
  if (!socket_.is_open()) return;
  boost::system::error_code ignored;
  socket_.close(ignored);
  note("we closed");
}

void SocketStream::abort() {
  if (!socket_.is_open()) return;
  boost::system::error_code ignored;
  socket_.set_option(Socket::linger(true, 0), ignored);
  socket_.close(ignored);
  note("we aborted (RST)");
}

void SocketStream::note(std::string_view text, bool encrypted) {
  record(base::TranscriptEvent::Kind::note, text, encrypted);
}

void SocketStream::record(base::TranscriptEvent::Kind kind, std::string_view bytes, bool encrypted) {
  if (settings_.keep_transcript) transcript.add(kind, bytes, encrypted);
}

}  // namespace smtpspec::wire
