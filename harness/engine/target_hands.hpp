// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "result/model.hpp"
#include "scenario/model.hpp"
#include "target/host.hpp"
#include "wire/endpoint.hpp"
#include "wire/event_loop.hpp"

namespace smtpspec::engine {

/// A message that the target is to send on.
struct Submission {
  std::string sender;  ///< reverse-path without brackets
  std::vector<std::string> recipients;
  std::string mail_parameters;
  std::string recipient_parameters;
  std::string content;             ///< CRLF between lines; not stuffed
  std::string security = "plain";  ///< what a client is told: plain, starttls, tls
  bool auth = false;               ///< a client is given credentials
  scenario::Certificate certificate = scenario::Certificate::known;
  std::vector<std::string> needs = {};  ///< EHLO keywords of a server, without which it is not asked
};

/// What became of it at the target's door.
struct Submitted {
  enum class Kind {
    taken,     ///< the target answers for it now
    refused,   ///< for good; of a client: it ended saying that the message was not sent
    deferred,  ///< 4yz
    failed,    ///< nothing that can be judged: the session broke, the command could not be run
    unable,    ///< it can't be asked for this: a client knows no way, a server does not offer it
  };
  Kind kind = Kind::taken;
  std::string why;       ///< the reply, or in words
  result::Lack lacks{};  ///< of unable: what a server does not offer, where it is that
};

/// The target as something that is acted upon from outside. Null functions: it can't be.
struct TargetHands {
  /// Hands it a message otherwise than by SMTP, to be sent to this next hop.
  std::function<wire::Task<Submitted>(Submission, wire::Endpoint next_hop)> submit;
  /// Hands a server a message by the command of its file, whose content is what that reads. Null: it has
  /// none.
  std::function<wire::Task<Submitted>(Submission)> submit_by_command;
  /// The target sends when it pleases: submit() ends when its connection has come, and nothing can be asked
  /// about how the sending went for it, nor a fence be sent.
  bool sends_by_hand = false;
  /// Whether the target file says how to "flush", "kill", "terminate", "restart", "reload", "fill", "free",
  /// "purge".
  std::function<bool(const std::string& action)> can;
  /// Does it: "" or why not.
  std::function<wire::Task<std::string>(std::string action)> act;
};

/// The hands for a sender on our own loop, which must outlive them, and so must the target, whose credentials
/// it uses: it is handed messages, flushed, purged.
TargetHands hands_of_sender(sender::Queue& queue, const target::Target& target);

/// What the embedded target's sender has queued, as text.
std::string list_of(const sender::Queue& queue);

/// The hands for a host, which must outlive them and what they began. What blocks is done beside the loop.
TargetHands hands_of(wire::EventLoop& loop, target::Host& host);

}  // namespace smtpspec::engine
