// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "target/command.hpp"
#include "target/target.hpp"

namespace smtpspec::target {

/// How a server is started this time.
struct StartOptions {
  std::filesystem::path temporary;  ///< parent of the private folder; empty: $TMPDIR or /tmp
  std::filesystem::path targets;    ///< where unpacked servers lie; empty: $SMTPSPEC_TARGETS or build/targets
  const std::atomic<bool>* interrupted = nullptr;  ///< looked at while waiting; true gives up
};

/// Why a server could not be started, for a person.
struct StartFailed {
  std::string why;       ///< one sentence: "exited with status 1 before it greeted"
  std::string log_tail;  ///< the last lines of its output and logs; may be empty
};

/// A server that we started, in a folder and on ports of its own. Nothing of it outlives this object, nor the
/// process that holds it, however that ends.
class Instance {
 public:
  Instance(Instance&&) noexcept;
  Instance& operator=(Instance&&) noexcept;
  ~Instance();

  /// The target with every placeholder filled: real addresses, real paths. After a restart it is another one,
  /// with the new {pid}; what was given before stands as long as the instance, for whoever still reads it.
  const Target& target() const;
  /// Its private folder.
  const std::filesystem::path& folder() const;
  /// The port kept free for a server of ours that it relays to: {relay_port}.
  std::uint16_t relay_port() const;

  /// False once its main process has ended (or, if that went into the background, all of its processes).
  bool alive();
  /// How the main process ended: "exited with status 3", "killed by signal 9 (Killed)"; nothing while it
  /// runs.
  std::optional<std::string> ending();
  /// The last bytes of its output and its logs, whole lines.
  std::string log_tail(std::size_t max_bytes = 4096);

  /// Kills every process of it at once; the folder stays. For a target action, and a server that hangs.
  void kill();
  /// Sends the stop signal and waits for the end of the main process. Says so when it had to be killed
  /// because that didn't come within `stop_within`. What it has left behind goes on.
  std::optional<std::string> terminate();
  /// Starts it again in the same folder, on the same ports, after kill() or its own death.
  std::optional<StartFailed> restart();
  /// Runs a command that belongs to the server, such as one that works off its queue, among the server's own
  /// processes: it ends when they do. Waits for a while, in which a command that can't work has failed; says
  /// why.
  std::optional<std::string> run_beside(const Command& command, std::chrono::milliseconds at_most);
  /// Waits for the end of the command that run_beside() began last, if that still runs.
  void wait_for_what_runs_beside(std::chrono::milliseconds at_most);
  /// Runs a command among the server's own processes that reads `input`, and waits for its end, though not
  /// for that of what it leaves at work.
  std::variant<CommandEnded, CommandFailed> feed(const Command& command, const std::string& input,
                                                 std::chrono::milliseconds at_most);
  /// Ends it: stop signal, grace, then kill; removes the folder. Idempotent.
  void stop();

 private:
  struct State;
  explicit Instance(std::unique_ptr<State> state);
  friend std::variant<Instance, StartFailed> start(const Target& target, const StartOptions& options);
  std::unique_ptr<State> state_;
};

/// Starts a server and waits until it greets. Blocks for as long as the target's `ready_within`.
std::variant<Instance, StartFailed> start(const Target& target, const StartOptions& options = {});

}  // namespace smtpspec::target
