// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "refserver/configuration.hpp"
#include "target/instance.hpp"
#include "target/mailbox.hpp"
#include "target/target.hpp"
#include "wire/event_loop.hpp"

namespace smtpspec::target {

/// A target that is being served, whoever serves it: a process that we started, somebody else's server, or
/// the embedded one on our own event loop. Ends what it began when it is destroyed.
class Host {
 public:
  virtual ~Host() = default;

  /// With every placeholder filled.
  virtual const Target& target() const = 0;

  /// Null when no mailbox of it can be read.
  virtual MailStore* mail() = 0;

  /// False once a process that we started has ended; true where that can't be known.
  virtual bool alive() = 0;
  virtual bool can_restart() const = 0;

  /// "" when it serves again, else why not.
  virtual std::string restart() = 0;
  virtual std::string log_tail() = 0;
};

/// Serves the target: starts it, or only opens its mailbox. The embedded server takes its configuration and
/// runs on `loop`, which must outlive the host.
std::variant<std::unique_ptr<Host>, StartFailed> make_host(wire::EventLoop& loop, const Target& target,
                                                           const StartOptions& options,
                                                           const refserver::Configuration& configuration);

/// One of several targets to serve, and what became of it.
using HostOrFailure = std::variant<std::unique_ptr<Host>, StartFailed>;

/// Serves several targets, which start side by side, each on a thread of its own for as long as that takes.
/// The outcomes stand in the order of the targets; one that fails doesn't keep the others from starting. The
/// same target may stand there twice. `done` is told which one is through, perhaps several at once, each on
/// its own thread.
std::vector<HostOrFailure> make_hosts(wire::EventLoop& loop, const std::vector<Target>& targets,
                                      const StartOptions& options,
                                      const refserver::Configuration& configuration,
                                      const std::function<void(std::size_t index)>& done = {});

/// Ends several, side by side as far as they are processes of ours.
void end_hosts(std::vector<std::unique_ptr<Host>> hosts);

}  // namespace smtpspec::target
