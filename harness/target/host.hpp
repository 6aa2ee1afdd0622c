// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sender/queue.hpp"
#include "target/action.hpp"
#include "target/command.hpp"
#include "target/embedded.hpp"
#include "target/instance.hpp"
#include "target/mailbox.hpp"
#include "target/submit_command.hpp"
#include "target/target.hpp"
#include "wire/endpoint.hpp"
#include "wire/event_loop.hpp"

namespace smtpspec::target {

/// A target that is being served, whoever serves it: a process that we started, somebody else's server, or
/// the embedded one on our own event loop; or a client, which is run for each message (sender_command.hpp).
/// Ends what it began when it is destroyed.
class Host {
 public:
  virtual ~Host() = default;

  /// With every placeholder filled. After a restart it is another object, whose commands know the new {pid};
  /// the one before stands for as long as the host does.
  virtual const Target& target() const = 0;

  /// Null when no mailbox of it can be read.
  virtual MailStore* mail() = 0;

  /// False once a process that we started has ended by itself; true where that can't be known. While an
  /// action has ended it (is_down()) it didn't die, and this is true.
  virtual bool alive() = 0;
  virtual bool can_restart() const = 0;

  /// "" when it serves again, else why not.
  virtual std::string restart() = 0;
  virtual std::string log_tail() = 0;

  /// Where it sends mail for its relay domain, and so where the harness listens for it; nothing when it sends
  /// none.
  virtual std::optional<wire::Endpoint> next_hop() const { return std::nullopt; }

  virtual bool can(Action) const { return false; }

  /// "" when it is done, else why not, for a person. Blocks for as long as it takes; may be called beside the
  /// event loop that uses the rest of the host, one action at a time. `flush` doesn't wait for the
  /// deliveries.
  virtual std::string perform(Action action);

  /// Hands it a message by the command of its file, and waits for that to end: not for the deliveries.
  /// Blocks, and may be called beside the event loop, several at a time.
  virtual std::variant<CommandEnded, CommandFailed> submit(const CommandMail& mail);

  /// The embedded target's own sender, on the event loop: it is handed messages, flushed and purged directly,
  /// by the loop's thread. Null for every other target.
  virtual sender::Queue* sender() { return nullptr; }

  /// Another sender of the embedded target, with a next hop of its own: so that several messages can have
  /// their own way at the same time. Must not outlive the host. Null for every other target.
  virtual std::unique_ptr<sender::Queue> make_sender(const wire::Endpoint&) { return nullptr; }

  /// True between a kill or terminate and the restart: nobody is to expect an answer, and whoever asked for
  /// it has to restart it. May be asked while an action is under way.
  virtual bool is_down() const { return false; }
};

/// Serves the target: starts it, or only opens its mailbox. The embedded server takes its configuration and
/// runs on `loop`, which must outlive the host.
std::variant<std::unique_ptr<Host>, StartFailed> make_host(wire::EventLoop& loop, const Target& target,
                                                           const StartOptions& options,
                                                           const EmbeddedConfiguration& configuration);

/// One of several targets to serve, and what became of it.
using HostOrFailure = std::variant<std::unique_ptr<Host>, StartFailed>;

/// Serves several targets, which start side by side, each on a thread of its own for as long as that takes.
/// The outcomes stand in the order of the targets; one that fails doesn't keep the others from starting. The
/// same target may stand there twice. `done` is told which one is through, perhaps several at once, each on
/// its own thread. The configurations are those of the targets, as far as these are embedded; where the list
/// ends the embedded target is as it comes.
std::vector<HostOrFailure> make_hosts(wire::EventLoop& loop, const std::vector<Target>& targets,
                                      const StartOptions& options,
                                      const std::vector<EmbeddedConfiguration>& configurations,
                                      const std::function<void(std::size_t index)>& done = {});

/// Ends several, side by side as far as they are processes of ours.
void end_hosts(std::vector<std::unique_ptr<Host>> hosts);

}  // namespace smtpspec::target
