// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <variant>

#include "target/target.hpp"

namespace smtpspec::target {

/// A program to run: absolute path or something with a slash in argv[0], the whole environment.
struct Program {
  Command argv;
  std::map<std::string, std::string> environment;
  std::string working_folder;  ///< empty: where we are
  std::string input = {};      ///< the file that it reads; empty: nothing
};

/// A command of a target as a program, looked for in PATH.
Program program_of(const Setup& setup, const Command& command);

/// A small process that stands between us and the processes of one server. It makes the private folder, runs
/// the programs it is told to, one main program at a time, and adopts whatever they leave behind. When it is
/// told to finish, or when we are gone in whatever way (it sees our end of the socket close), it ends every
/// one of them, removes the folder, and itself ends.
class Keeper {
 public:
  /// Makes the keeper and the folder, which must not exist yet. The answer on failure is for a person. With
  /// `syslog` it listens on the datagram socket `syslog.socket` in the folder before anything is run, and
  /// writes what comes as lines to `log` there.
  static std::variant<Keeper, std::string> launch(const std::string& folder, bool syslog = false);

  Keeper(Keeper&& other) noexcept;
  Keeper& operator=(Keeper&& other) noexcept;
  ~Keeper();  ///< finishes at once, without grace

  /// Runs the main program; its output goes to output_file(). Says why when it can't be executed.
  std::optional<std::string> run(const Program& program);

  /// Runs a program beside the main one: it ends with all the others when they are killed.
  std::optional<std::string> run_beside(const Program& program);
  /// The wait status of the program that run_beside() began last, once it has ended.
  std::optional<int> wait_until_beside_ended(std::chrono::milliseconds at_most);

  /// True while the main program runs, or, after that ended well, while anything that it left behind does.
  bool alive();
  /// The wait status of the main program once it has ended.
  std::optional<int> ending();
  /// Waits for the main program's end.
  std::optional<int> wait_until_ended(std::chrono::milliseconds at_most);
  /// Waits until no process is left.
  bool wait_until_all_ended(std::chrono::milliseconds at_most);
  pid_t main_pid() const { return main_pid_; }

  void signal(int number);
  /// Kills every process; returns when all are gone. The folder stays.
  void kill_all();
  /// Stop signal, grace, kill, remove the folder. Idempotent; nothing else may be called afterwards.
  void finish(int stop_signal, std::chrono::milliseconds grace);

  /// What the programs wrote to stdout and stderr; when it has grown too long, an older part is in the same
  /// name with
  /// `.1`, and what came before is dropped.
  std::string output_file() const;

 private:
  Keeper(int socket, std::string folder) : socket_(socket), folder_(std::move(folder)) {}
  void read_events(int timeout_ms);
  std::optional<std::string> begin(const Program& program, const std::string& request, const pid_t& pid);
  template <typename Claim>
  void wait_until(Claim claim, std::chrono::milliseconds at_most);

  int socket_ = -1;
  std::string folder_;
  pid_t main_pid_ = -1;
  pid_t beside_pid_ = -1;
  std::optional<int> start_error_;
  std::optional<int> ending_;
  std::optional<int> beside_ending_;
  bool anything_left_ = false;
  bool lost_ = false;  ///< the keeper itself is gone
};

}  // namespace smtpspec::target
