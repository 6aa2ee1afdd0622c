// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "cli/data_folder.hpp"
#include "gate/exit_code.hpp"
#include "interop/play.hpp"
#include "target/embedded.hpp"
#include "target/host.hpp"
#include "target/target.hpp"

namespace smtpspec::cli {

/// Servers that have one role alone, and a defect of the embedded target.
struct InteropWords {
  std::vector<std::string> senders;
  std::vector<std::string> receivers;
  std::string defect;
  std::vector<std::string> without;  ///< EHLO keywords that the embedded target doesn't offer as receiver
};

/// A server before it is started, in one role.
struct ChosenSeat {
  std::string name;
  std::string word;  ///< as it was typed
  target::Target target;
  std::string why_not;  ///< it can't have this role; then it isn't started
};

/// Who sends and who receives.
struct InteropChoice {
  std::vector<ChosenSeat> senders;
  std::vector<ChosenSeat> receivers;
  target::EmbeddedConfiguration sending;    ///< of the embedded target where it sends
  target::EmbeddedConfiguration receiving;  ///< and where it receives
};

/// Reads the target files. `words` have both roles; without any name the embedded target has both. Complains
/// of what is wrong and gives the exit code.
std::variant<InteropChoice, gate::ExitCode> choose_interop_servers(const std::vector<std::string>& words,
                                                                   const InteropWords& roles,
                                                                   const DataFolder& data);

/// The servers of all seats while they run: two of each that has both roles.
class InteropServers {
 public:
  InteropServers(InteropChoice choice, bool skip_missing);
  ~InteropServers() { end(); }
  InteropServers(const InteropServers&) = delete;
  InteropServers& operator=(const InteropServers&) = delete;

  /// Starts all of them side by side. Says on standard error which could not be started.
  void start(wire::EventLoop& loop);
  /// Idempotent.
  void end();

  const std::vector<interop::Seat>& senders() const { return senders_; }
  const std::vector<interop::Seat>& receivers() const { return receivers_; }
  /// What was typed for a server, where that is not its name.
  const std::map<std::string, std::string>& typed() const { return typed_; }
  /// Names of servers that could not be started and are not skipped.
  const std::vector<std::string>& failed() const { return failed_; }

 private:
  void seat(const std::vector<ChosenSeat>& chosen, std::vector<target::HostOrFailure> hosts,
            std::vector<interop::Seat>& seats);

  InteropChoice choice_;
  const bool skip_missing_;
  std::vector<std::unique_ptr<target::Host>> hosts_;
  std::vector<interop::Seat> senders_;
  std::vector<interop::Seat> receivers_;
  std::vector<std::string> failed_;
  std::map<std::string, std::string> typed_;
};

}  // namespace smtpspec::cli
