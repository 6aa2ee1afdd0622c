// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "base/transcript.hpp"
#include "wire/connection.hpp"
#include "wire/wait_slot.hpp"

namespace smtpspec::wire {

using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;

/// Why nothing more comes from a socket.
struct StreamEnd {
  enum class How { fin, rst, error, closed_by_us };
  How how;
  boost::system::error_code error;
};

/// One connected socket, without TLS: what Connection stands on. Reads only when it is asked to, so a wait
/// that times out takes no byte with it; the one exception is a blocked write, which takes in what comes (up
/// to a bound). What passes while `recording` goes into the transcript. Kept alive by whoever waits on it.
class SocketStream : public std::enable_shared_from_this<SocketStream> {
 public:
  SocketStream(EventLoop& loop, Socket socket, bool is_unix, const ConnectionSettings& settings);

  /// What is here by now; empty when nothing is, or after the end. Reads from the kernel only when nothing is
  /// held.
  std::string take_input();

  /// Moves what the kernel has into what is held, up to the bound.
  void take_in();

  /// Gives bytes back, to be read next.
  void put_back(std::string_view bytes) { incoming_.insert(0, bytes); }

  std::size_t held_bytes() const { return incoming_.size(); }

  /// Set once the kernel has told the end; held bytes may still come before it.
  const std::optional<StreamEnd>& end() const { return end_; }

  /// Whether asking the kernel now is likely in vain: we have just written and the answer can't be here yet.
  bool just_wrote() const { return just_wrote_; }

  Task<Woken> wait_readable(Deadline deadline);

  /// Lets everything else that is ready on the loop go first.
  Task<void> give_way();

  /// Sends what the kernel takes now; 0 when it is full. After an error `send_error()` is set.
  std::size_t send(std::string_view bytes);
  const boost::system::error_code& send_error() const { return send_error_; }

  /// Until the kernel takes more. What the peer sends meanwhile is taken in.
  Task<Woken> wait_writable(Deadline deadline);

  /// Whether the kernel has sent everything (on Linux: it is on the wire), or never will.
  bool send_queue_empty();

  void shut_down_sending();
  void close();
  void abort();
  bool is_open() const { return socket_.is_open(); }
  bool is_unix() const { return is_unix_; }
  bool sending_shut_down() const { return sending_shut_down_; }

  Socket& socket() { return socket_; }
  EventLoop& loop() { return loop_; }

  void note(std::string_view text, bool encrypted = false);
  void record(base::TranscriptEvent::Kind kind, std::string_view bytes, bool encrypted);

  base::Transcript transcript;
  bool recording = true;  ///< of what passes in the clear; off while TLS runs above

 private:
  std::string_view receive(std::size_t max_bytes);
  void ended(const boost::system::error_code& error);
  void watch_for_input();
  void input_is_here();

  EventLoop& loop_;
  Socket socket_;
  ConnectionSettings settings_;
  std::string incoming_;
  std::optional<StreamEnd> end_;
  boost::system::error_code send_error_;
  WaitSlot reader_;
  WaitSlot writer_;
  bool is_unix_;
  bool watching_input_ = false;
  bool watching_output_ = false;
  bool just_wrote_ = false;
  bool reset_seen_ = false;
  bool sending_shut_down_ = false;
};

}  // namespace smtpspec::wire
