// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "target/command.hpp"
#include "target/target.hpp"

namespace smtpspec::target {

/// How a client is told to protect its connection.
enum class Security { plain, starttls, tls };

/// One message for a client to send, and whereto.
struct SendRequest {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string sender;  ///< an address without brackets; empty: the null reverse-path
  std::vector<std::string> recipients;
  std::string content;   ///< header and body with CRLF, neither stuffed nor ended by a dot
  std::string user;      ///< with credentials it authenticates, without it doesn't
  std::string password;  ///< goes with `user`
  Security security = Security::plain;
  std::string ca;                                ///< certificate that it may trust, PEM; empty: none is named
  std::filesystem::path directory;               ///< parent of its private folder; empty: $TMPDIR or /tmp
  const std::atomic<bool>* cancelled = nullptr;  ///< looked at while it runs; true ends it
};

/// A client's target with all filled that doesn't change from message to message. What is filled stays so.
Target ready_client(const Target& client, const std::string& root);

/// Why a client can't be asked for this at all, for a person; nothing when it can.
std::optional<std::string> cannot_send(const Target& client, const SendRequest& request);

/// Runs the command of a client once, in a folder of its own that is gone afterwards, and waits for its end:
/// at most `within` of the target file. Then, or when it is cancelled, it is killed with everything that it
/// started; so it is when we are killed. Blocks; touches nothing but what it is given, so that it may run
/// beside an event loop, several at a time. How the command ended is not whether the message was sent: only
/// the server knows that.
std::variant<CommandEnded, CommandFailed> run_sender_command(const Target& client,
                                                             const SendRequest& request);

}  // namespace smtpspec::target
