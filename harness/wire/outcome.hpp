// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <system_error>
#include <variant>

#include "wire/tls_facts.hpp"

namespace smtpspec::wire {

// How waits on a connection end. All of them are answers that a scenario may ask about; none is an exception.

/// At least one byte came. Inside TLS: decrypted.
struct Received {
  std::string bytes;
};

/// Nothing (more) happened before the deadline. No byte is lost by it: what comes later is read by the next
/// read.
struct TimedOut {};

/// The peer will send nothing more. Told again by every later read.
struct PeerClosed {
  enum class How { fin, rst };
  enum class Tls { none, close_notify, truncated };  ///< none: the connection was not encrypted

  How how = How::fin;  ///< fin also where a close_notify came and the TCP connection still stands
  Tls tls = Tls::none;
};

/// TLS broke on a connection that was encrypted already: an alert, or bytes that are no TLS.
struct TlsFailed {
  std::string reason;
  bool alert_received = false;  ///< the peer sent a fatal alert; else it was we who gave up
};

/// The operating system says no, in words of its own; or the connection was closed or aborted from our side.
struct Failed {
  std::error_code error;
  std::string reason;
};

using ReadOutcome = std::variant<Received, TimedOut, PeerClosed, TlsFailed, Failed>;

/// All bytes are with the kernel (which doesn't say that the peer has seen them).
struct Written {};

/// In all of these part of the bytes may have gone out; what the peer had sent can still be read.
using WriteOutcome = std::variant<Written, TimedOut, PeerClosed, TlsFailed, Failed>;

struct Refused {};  ///< nobody listens there

/// No route, or the network said so.
struct Unreachable {
  std::string reason;
};

/// The host name has no address.
struct NotResolved {
  std::string reason;
};

/// The handshake is done and everything from here on is encrypted.
struct TlsUp {
  TlsFacts facts;
};

/// A fatal alert ended the handshake.
struct TlsAlert {
  enum class From { peer, us };

  From from = From::peer;
  std::string description;  ///< as RFC 8446 6 names it, with our own reason where it is ours
};

/// The peer did not speak TLS.
struct TlsGarbage {
  std::string first_bytes;  ///< at most 64 of what came instead
};

using TlsOutcome = std::variant<TlsUp, TlsAlert, TlsGarbage, TimedOut, PeerClosed, Failed>;

// One line for a person, e.g. "timed out", "peer closed (RST)", "TLS alert from peer: handshake failure".

std::string describe(const Received& outcome);
std::string describe(const TimedOut& outcome);
std::string describe(const PeerClosed& outcome);
std::string describe(const TlsFailed& outcome);
std::string describe(const Failed& outcome);
std::string describe(const Written& outcome);
std::string describe(const Refused& outcome);
std::string describe(const Unreachable& outcome);
std::string describe(const NotResolved& outcome);
std::string describe(const TlsUp& outcome);
std::string describe(const TlsAlert& outcome);
std::string describe(const TlsGarbage& outcome);

template <typename... Outcomes>
std::string describe(const std::variant<Outcomes...>& outcome) {
  return std::visit([](const auto& one) { return describe(one); }, outcome);
}

}  // namespace smtpspec::wire
