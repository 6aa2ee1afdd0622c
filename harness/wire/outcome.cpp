// SPDX-License-Identifier: Apache-2.0
#include "wire/outcome.hpp"

#include <fmt/format.h>

#include "base/display.hpp"

namespace smtpspec::wire {

std::string describe(const Received& outcome) {
  return fmt::format("received {} bytes", outcome.bytes.size());
}

std::string describe(const TimedOut&) {
  return "timed out";
}

std::string describe(const PeerClosed& outcome) {
  const char* how = outcome.how == PeerClosed::How::fin ? "FIN" : "RST";
  switch (outcome.tls) {
    case PeerClosed::Tls::none:
      return fmt::format("peer closed ({})", how);
    case PeerClosed::Tls::close_notify:
      return "peer closed (TLS close_notify)";
    case PeerClosed::Tls::truncated:
      return fmt::format("peer closed ({} without TLS close_notify)", how);
  }
  return {};
}

std::string describe(const TlsFailed& outcome) {
  return fmt::format("TLS failed: {}{}", outcome.alert_received ? "alert from peer: " : "", outcome.reason);
}

std::string describe(const Failed& outcome) {
  return outcome.reason;
}

std::string describe(const Written&) {
  return "written";
}

std::string describe(const Refused&) {
  return "connection refused";
}

std::string describe(const Unreachable& outcome) {
  return "unreachable: " + outcome.reason;
}

std::string describe(const NotResolved& outcome) {
  return "host name does not resolve: " + outcome.reason;
}

std::string describe(const TlsUp& outcome) {
  return "TLS up: " + describe(outcome.facts);
}

std::string describe(const TlsAlert& outcome) {
  return fmt::format("TLS alert {}: {}", outcome.from == TlsAlert::From::peer ? "from peer" : "from us",
                     outcome.description);
}

std::string describe(const TlsGarbage& outcome) {
  return fmt::format("no TLS but: {}", base::escape_for_display(outcome.first_bytes));
}

std::string describe(const TlsFacts& facts) {
  std::string text = fmt::format("{}, {}", facts.version, facts.cipher);
  if (!facts.peer_subject.empty()) {
    text += fmt::format(", certificate {} ({})", base::escape_for_display(facts.peer_subject),
                        facts.verified ? "verified" : facts.verify_error);
  }
  return text;
}

}  // namespace smtpspec::wire
