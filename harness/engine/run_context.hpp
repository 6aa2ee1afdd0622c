// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/judge.hpp"
#include "engine/scope.hpp"
#include "engine/target_hands.hpp"
#include "smtp/capabilities.hpp"
#include "target/mailbox.hpp"
#include "target/target.hpp"
#include "wire/event_loop.hpp"
#include "wire/tls_context.hpp"

namespace smtpspec::engine {

class Admission;
class Invariants;
class NextHop;
class QueueWatch;

/// How long the harness waits. Every wait of a case is one of these, times the multiplier.
struct Timeouts {
  std::chrono::milliseconds connect{5000};
  std::chrono::milliseconds reply{10000};  ///< also the greeting and an end of the stream that must come
  std::chrono::milliseconds end_after_reply{2000};  ///< of a stream that may end after its reply
  std::chrono::milliseconds handshake{10000};
  std::chrono::milliseconds delivery{5000};  ///< from acceptance to the mailbox
};

/// What one way into the target says of itself, learnt once before the first case.
struct ProbedEndpoint {
  std::string banner;  ///< raw
  std::string ehlo;    ///< raw reply, the proof of `unsupported`
  smtp::Capabilities capabilities;
  std::string ehlo_in_tls;  ///< empty when there is no STARTTLS
  std::optional<smtp::Capabilities> in_tls;
  std::string ehlo_after_auth;  ///< empty but for a target that takes no mail without AUTH
  std::optional<smtp::Capabilities> after_auth;
  std::string failure;       ///< why nothing could be learnt; empty when it was
  bool unreachable = false;  ///< no connection, or silence in place of a greeting
};

/// Whose answers: an endpoint as one client identity.
struct ProbeKey {
  std::string on;
  std::string client;
  auto operator<=>(const ProbeKey&) const = default;
};

/// What all cases of a run share. Everything in it outlives the cases; only the engine's own thread uses it.
struct RunContext {
  RunContext(wire::EventLoop& on_loop, const target::Target& of_target, const Requirements& by_requirements)
      : loop(on_loop), target(of_target), requirements(by_requirements) {}

  wire::EventLoop& loop;
  const target::Target& target;  ///< placeholders filled
  const Requirements& requirements;
  target::MailStore* mail = nullptr;  ///< null: no mailbox of the target can be read
  QueueWatch* queue = nullptr;        ///< null: the target can't list its queue
  NextHop* next_hop = nullptr;        ///< null: the target sends to nobody that we know
  TargetHands hands;
  /// A sender of the embedded target for one case alone; null for every other target.
  std::function<std::unique_ptr<sender::Queue>(const wire::Endpoint& next_hop)> make_sender;
  Invariants* invariants = nullptr;
  Admission* admission = nullptr;  ///< null: cases begin at once
  std::optional<wire::TlsClientContext> tls;
  Timeouts timeouts;
  std::string default_client = "stranger";
  std::uint64_t token_seed = 0;
  std::filesystem::path messages;  ///< folder of {file("name")}
  std::map<ProbeKey, ProbedEndpoint> probes;
};

/// The endpoint kind of a scenario's `on`; nothing for another word.
std::optional<target::EndpointKind> endpoint_kind(const std::string& on);

/// "smtp://127.0.0.1:2525", "lmtp://..." ; empty when the target has no such endpoint.
std::string endpoint_url(const target::Target& target, const std::string& on);

}  // namespace smtpspec::engine
