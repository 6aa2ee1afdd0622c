// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hop_session.hpp"
#include "engine/right_of_way.hpp"
#include "target/mailbox.hpp"
#include "target/target.hpp"
#include "wire/endpoint.hpp"
#include "wire/event_loop.hpp"

namespace smtpspec::engine {

/// What a next hop knows of the target that sends to it.
struct NextHopOptions {
  std::optional<target::Credentials> credentials;  ///< those that the target was given, which are good here
  std::string domain;                              ///< whose mail is looked for here; all is taken. "" is any
};
NextHopOptions next_hop_options(const target::Target& target);

/// The server of ours to which the target sends mail. Left alone it takes all mail, of any number of
/// connections, and keeps it octet by octet; a script may take the connections instead, one by one.
///
/// While a script has the next hop for itself (`right_of_way` alone, then hold_connections()), what connects
/// waits for accept(); serve_by_itself() gives what still waits, and all that comes, to the correct server.
class NextHop {
 public:
  explicit NextHop(wire::EventLoop& loop, const NextHopOptions& options = {});
  ~NextHop();
  NextHop(const NextHop&) = delete;
  NextHop& operator=(const NextHop&) = delete;

  /// Listens; port 0 is any free one. "" or why it can't.
  std::string listen(const wire::Endpoint& at);

  const wire::Endpoint& endpoint() const;

  RightOfWay& right_of_way();

  /// From here on connections wait for accept(), and their EHLO answers list these keywords. Sessions that
  /// were left open by others are ended first, so that nothing of this script's comes through them.
  wire::Task<void> hold_connections(std::vector<std::string> offers);

  /// The next connection, or null at the deadline.
  wire::Task<std::shared_ptr<HopSession>> accept(bool tls_at_once, wire::Deadline deadline);

  /// How many connections have come so far.
  std::size_t connections() const;

  /// A connection has not been accepted yet.
  bool somebody_waits() const;

  /// True when more than `before` connections have come; false when that is not so at the deadline.
  wire::Task<bool> wait_for_connection(std::size_t before, wire::Deadline deadline);

  /// True when every session of the correct server has ended and nobody has come for this time after that;
  /// false when that is not so at the deadline.
  wire::Task<bool> wait_until_quiet(std::chrono::milliseconds quiet, wire::Deadline deadline);

  /// Forgets what was taken and who was served, for another round; connections wait as for a script.
  void begin_anew();

  /// Whether the certificate that is shown from here on names this server; it does unless told otherwise.
  void show_certificate(bool names_us);

  /// The correct server takes over, with every extension that is usual.
  void serve_by_itself();

  /// The same for a session that a script has begun: goes on with it as a correct server, beside the caller.
  void go_on_with(std::shared_ptr<HopSession> session);

  /// The sessions that the correct server had by itself and in which these letters were heard.
  std::vector<std::shared_ptr<HopSession>> sessions_about(std::string_view letters);

  /// What was taken.
  target::MailStore& mail();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// The certificate that every next hop of this process shows, PEM, for clients that are told whom to trust.
const std::string& next_hop_certificate();

/// The one that is shown in its place where a client is to meet the name of somebody else.
const std::string& misnamed_certificate();

/// One that no server of ours shows, PEM, for clients that are to find nobody whom they trust.
const std::string& foreign_certificate();

/// A name that stands in the first one.
inline constexpr std::string_view next_hop_name = "hop.relay.test";

}  // namespace smtpspec::engine
