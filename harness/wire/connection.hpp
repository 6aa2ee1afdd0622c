// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/transcript.hpp"
#include "wire/deadline.hpp"
#include "wire/endpoint.hpp"
#include "wire/event_loop.hpp"
#include "wire/outcome.hpp"
#include "wire/tls_context.hpp"

namespace smtpspec::wire {

/// Bounds and habits of one connection.
struct ConnectionSettings {
  std::size_t max_unread_bytes =
      1024 * 1024;  ///< kept while nobody reads; then the kernel holds the peer back
  bool keep_transcript = true;
};

/// What becomes of bytes that came in the clear, before a TLS handshake, and that nobody has used.
enum class ClearBytes {
  set_aside,     ///< the handshake doesn't see them, nor does read_some(); Connection::set_aside() shows them
  to_handshake,  ///< they are the beginning of the peer's handshake
  to_application,  ///< read_some() gives them after the handshake as if they had come inside TLS: the defect
                   ///< that STARTTLS injection looks for
};

/// The moment of a change to TLS: what the caller has taken from read_some() but not used, and what is to
/// become of it and of what the connection itself holds unread. On the client everything that has arrived
/// when the handshake begins counts as unread (a TLS server never speaks first); on the server the kernel's
/// queue is left to the handshake.
struct TlsStart {
  TlsStart() {}
  explicit TlsStart(std::string h, ClearBytes c = ClearBytes::set_aside)
      : held(std::move(h)), clear_bytes(c) {}

  std::string held;
  ClearBytes clear_bytes = ClearBytes::set_aside;
};

/// How a side says that it will write no more.
enum class Goodbye {
  orderly,   ///< inside TLS a close_notify first
  truncate,  ///< inside TLS without a close_notify; the same as orderly in the clear
};

/// One connection: bytes either way over TCP or a unix socket, in the clear or inside TLS, with a transcript
/// of all of it. Comes from connect() or Listener::accept(). One coroutine may read while another writes; not
/// two of a kind. Nothing here throws for what the network does. Destroying it closes it; waits still under
/// way end as Failed.
class Connection {
 public:
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// Waits for bytes and gives all that are there (at most about 64 KiB). Every earlier byte comes before an
  /// end or an error is told.
  Task<ReadOutcome> read_some(Deadline deadline);

  /// What has arrived by now, without waiting (at most about 1 MiB); empty when nothing has, or the stream
  /// has ended.
  std::string take_arrived();

  /// Writes all of it, in one segment where the kernel can take it; inside TLS in one record (of at most 16
  /// KiB). While the kernel is full, what the peer sends is taken in meanwhile, so that two sides that both
  /// write first don't wait for each other. `bytes` must outlive the call.
  Task<WriteOutcome> write(std::string_view bytes, Deadline deadline);

  static constexpr std::chrono::milliseconds default_gap{20};

  /// Writes each string as a segment of its own: before the next one waits until the kernel's send queue is
  /// empty and then for `gap`. With a gap, a peer on this machine has read the one before, too, unless it
  /// reads nothing for half a second: so a busy machine doesn't join what is sent apart.
  Task<WriteOutcome> write_segments(std::vector<std::string> segments, std::chrono::nanoseconds gap,
                                    Deadline deadline);

  /// Waits until nothing that we wrote is left in the kernel's send queue.
  Task<WriteOutcome> wait_until_sent(Deadline deadline);

  /// Changes to TLS, as the client; at once after connect() this is implicit TLS. `server_name` is sent as
  /// SNI and held against the certificate; empty for neither. An IP address is only held against the
  /// certificate.
  Task<TlsOutcome> start_tls_client(TlsClientContext context, std::string server_name, TlsStart start,
                                    Deadline deadline);

  /// Changes to TLS, as the server.
  Task<TlsOutcome> start_tls_server(TlsServerContext context, TlsStart start, Deadline deadline);

  /// The clear bytes that start_tls_...() set aside; empty before.
  const std::string& set_aside() const;

  /// How many bytes have come that read_some() hasn't given yet (inside TLS: as they came, still encrypted).
  std::size_t unread_bytes() const;

  bool encrypted() const;
  const TlsFacts* tls_facts() const;  ///< null in the clear

  /// We write no more (FIN); reading goes on. Does not wait.
  void half_close(Goodbye goodbye = Goodbye::orderly);

  /// Closes both ways, orderly, without waiting. Input that is still unread makes the kernel send RST instead
  /// of FIN.
  void close();

  /// Writes no more, throws away what comes until the peer closes too, the deadline comes or it is far too
  /// much, then closes. So
  /// the peer sees our last bytes and a FIN, whatever it had sent meanwhile.
  Task<void> linger_and_close(Deadline deadline);

  /// Breaks the connection off at once with RST. (A unix socket knows no RST; it is closed.)
  void abort();

  bool is_open() const;  ///< until close() or abort() on our side

  const Endpoint& local() const;
  const Endpoint& peer() const;

  /// The socket itself; what is done to it directly is on the caller's head.
  int native_handle() const;

  base::Transcript& transcript();

  /// Gives the transcript away; what happens later goes into a new one.
  base::Transcript take_transcript();

 private:
  class Impl;
  friend struct ConnectionMaker;
  explicit Connection(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

struct ConnectOptions {
  ConnectOptions() {}
  explicit ConnectOptions(std::string source, ConnectionSettings s = {})
      : source_address(std::move(source)), settings(s) {}

  std::string source_address =
      {};  ///< an address of ours to come from, e.g. "127.0.0.5"; empty: the kernel chooses
  ConnectionSettings settings;
};

using ConnectOutcome = std::variant<Connection, Refused, Unreachable, NotResolved, TimedOut, Failed>;

/// Connects to the endpoint; a host name's addresses are tried one after another until one answers.
Task<ConnectOutcome> connect(EventLoop& loop, Endpoint endpoint, ConnectOptions options, Deadline deadline);

std::string describe(const Connection& connection);

}  // namespace smtpspec::wire
