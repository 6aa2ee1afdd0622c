// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "refserver/hold.hpp"
#include "smtp/capabilities.hpp"
#include "smtp/line.hpp"
#include "smtp/reply.hpp"
#include "wire/connection.hpp"

namespace smtpspec::engine {

/// What the target did next on one session, as a server or as a client. Silence and a closed stream are
/// answers that scenarios ask about.
struct Event {
  enum class Kind {
    reply,    ///< `reply` is filled; unusable ones too
    closed,   ///< the stream ended (FIN, RST or TLS broken: `detail` says which)
    silence,  ///< nothing until the deadline, the stream is open
    command,  ///< of a target that is the client: `heard` is filled
    content,  ///< a whole message of such a target, likewise
  };

  Kind kind = Kind::silence;
  smtp::Reply reply;
  std::string detail;  ///< for a person: "peer closed (FIN)", or what goes with a silence
  std::chrono::steady_clock::time_point at{};  ///< when the last octet of it arrived
  std::shared_ptr<const refserver::Held> heard = {};
  bool gone = false;  ///< of a stream that had ended: what was said to the client after that came back
};

/// One dialogue with the target as an SMTP client: a connection, the replies read from it, and what has been
/// learnt on the way. Sends what it is told, octet by octet; nothing is repaired.
class Session {
 public:
  explicit Session(wire::Connection connection) : connection_(std::move(connection)) {}

  /// The next reply, or how the wait for it ended. A stream that ends inside a reply gives that reply first,
  /// marked cut_off.
  wire::Task<Event> next_event(wire::Deadline deadline);

  /// Gives an event back: the next next_event() tells it again.
  void unread(Event event) { returned_.push_back(std::move(event)); }

  /// Writes in one segment; `bytes` must outlive the call. Nobody needs the outcome: where a write fails,
  /// what the target had to say is still read, and then its end.
  wire::Task<wire::WriteOutcome> send(std::string_view bytes, wire::Deadline deadline);

  /// Writes each part as a segment of its own. False when the deadline came before all of it was sent: then
  /// nothing that is heard afterwards says anything about the target.
  wire::Task<bool> send_segments(std::vector<std::string> parts, std::chrono::nanoseconds gap,
                                 wire::Deadline deadline);

  /// The handshake as client. Octets that had come in the clear are set aside, and forgotten.
  wire::Task<wire::TlsOutcome> start_tls(wire::TlsClientContext context, std::string server_name,
                                         wire::Deadline deadline);

  /// The end of the dialogue by our hand.
  void half_close() {
    half_closed_ = true;
    connection_.half_close();
  }
  bool half_closed() const { return half_closed_; }
  void close() { connection_.close(); }
  void abort() { connection_.abort(); }

  wire::Connection& connection() { return connection_; }

  /// When the last write began.
  std::chrono::steady_clock::time_point sent_at() const { return sent_at_; }

  /// True when a 354 or 334 is the last word: what we send next is no command.
  bool expects_content() const { return expects_content_; }
  void set_expects_content(bool yes) { expects_content_ = yes; }

  bool peer_closed() const { return peer_closed_; }

  /// A target that has sent so much in one session is not listened to any longer: next_event() then answers
  /// silence, which is never good for a pass.
  static constexpr std::size_t max_received = 4 * 1024 * 1024;

  /// What was sent as content since each 354, up to the true end of it (or all, while there is none).
  const std::vector<std::string>& contents() const { return contents_; }
  void add_content(std::string octets) { contents_.push_back(std::move(octets)); }

  /// Is told of every reply once, as it is read; the flag says that it answers EHLO or LHLO.
  using ReplyObserver = std::function<void(const smtp::Reply&, bool answers_ehlo)>;
  void set_observer(ReplyObserver observer) { observer_ = std::move(observer); }

  std::optional<smtp::Capabilities> capabilities;  ///< of the last EHLO or LHLO answer
  std::vector<std::string> accepted_recipients;    ///< of the prelude

 private:
  void drop_tls_alert();
  std::optional<Event> event_from_buffer();
  Event closed_event(std::string detail);
  void note_reply(const smtp::Reply& reply);
  void note_sent(std::string_view bytes);
  void note_content(std::string_view bytes);
  std::string_view record(std::string_view bytes);

  wire::Connection connection_;
  smtp::LineSplitter splitter_{smtp::LinePolicy::lf_too};
  smtp::ReplyParser parser_;
  std::vector<Event> returned_;  // the next one last
  ReplyObserver observer_;
  bool said_ehlo_ = false;
  bool asked_for_tls_ = false;
  std::vector<std::string> contents_;
  std::optional<std::string> early_content_;  // what was sent behind DATA before its 354 was read
  std::chrono::steady_clock::time_point sent_at_{};
  std::chrono::steady_clock::time_point arrived_at_{};
  bool recording_ = false;
  bool expects_content_ = false;
  bool half_closed_ = false;
  bool peer_closed_ = false;
  std::size_t received_ = 0;  // octets
};

}  // namespace smtpspec::engine
