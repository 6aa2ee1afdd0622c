// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "engine/session.hpp"
#include "refserver/session.hpp"
#include "scenario/model.hpp"
#include "wire/connection.hpp"
#include "wire/tls_context.hpp"

namespace smtpspec::engine {

/// What every session of our server is made from.
struct HopSettings {
  std::shared_ptr<const refserver::Configuration> configuration;
  std::shared_ptr<refserver::DeliveryStore> store;
  wire::TlsServerContext tls;
};

/// One connection of the target to our server, the next hop. It is a correct server up to whatever the script
/// waits for; then the script answers, or has it answered correctly. Octets are kept as they come.
///
/// The normal path: serve(until) greets, answers, and stops when what `until` names has come; respond() or
/// the next serve() answers that.
class HopSession {
 public:
  HopSession(wire::Connection connection, HopSettings settings, bool tls_at_once = false);

  /// Answers what waits as a correct server does and goes on up to `until`, which stays unanswered. Gives
  /// what came: a command, content, the end of the stream, or silence at the deadline.
  wire::Task<Event> serve(scenario::Awaited until, wire::Deadline deadline);

  /// Answers what waits with these octets, each part a segment; greets with them when nobody has yet. False
  /// when they could not be written.
  wire::Task<bool> respond(std::vector<std::string> parts, std::chrono::nanoseconds gap,
                           wire::Deadline deadline);

  /// What comes next while something waits for its answer, or before the greeting. It is not taken from the
  /// session.
  wire::Task<Event> look_ahead(wire::Deadline deadline);

  /// The handshake as the server, now.
  wire::Task<wire::TlsOutcome> handshake(wire::Deadline deadline);

  /// Says 421 when the client waits for nothing, and closes.
  wire::Task<void> end(wire::Deadline deadline);

  /// The script has closed the connection: nothing that waits is done any more.
  void note_closed_by_us() { over_ = true; }

  bool something_waits() const { return machine_.held().has_value(); }
  bool is_greeted() const { return greeted_; }
  bool is_over() const { return over_; }
  bool said_helo() const { return machine_.said_helo(); }

  /// Why we ended the session by ourselves; empty when we didn't.
  const std::string& gave_up() const { return machine_.gave_up(); }

  /// True when these letters stand somewhere in what the client has sent: whose mail it brings.
  bool has_heard(std::string_view letters);

  wire::Connection& connection() { return connection_; }
  std::chrono::steady_clock::time_point answered_at() const { return answered_at_; }

 private:
  wire::Task<refserver::Turn> begin_or_answer(wire::Deadline deadline);
  wire::Task<refserver::Turn> start_tls(wire::Deadline deadline);
  wire::Task<std::optional<Event>> next_octets(refserver::Turn& turn, wire::Deadline deadline);
  Event held_event() const;
  Event over(std::string detail);
  Event still_sending() const;

  wire::Connection connection_;
  HopSettings settings_;
  refserver::Session machine_;
  bool tls_at_once_;
  bool greeted_ = false;
  bool wants_tls_ = false;  // 220 was said to STARTTLS
  bool over_ = false;
  bool gone_ = false;  // what was said after the client's end came back
  std::chrono::steady_clock::time_point answered_at_{};
};

}  // namespace smtpspec::engine
