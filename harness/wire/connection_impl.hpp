// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/connection.hpp"
#include "wire/socket_address.hpp"
#include "wire/socket_stream.hpp"
#include "wire/tls_session.hpp"

namespace smtpspec::wire {

inline Failed closed_by_us() {
  return failure(boost::asio::error::operation_aborted, "the connection was closed by us");
}

inline Failed given_up() {
  return failure(boost::asio::error::operation_aborted, "waiting was given up");
}

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
  static Task<bool> wait_until_read(Self self, Deadline deadline);
  static Task<bool> look_until(Self self, bool (*holds)(SocketStream&), Deadline deadline);
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
  int reads_in_a_row_ = 0;  // without a wait
};

}  // namespace smtpspec::wire
