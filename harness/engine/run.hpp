// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/schedule.hpp"
#include "result/model.hpp"
#include "scenario/catalogue.hpp"
#include "target/host.hpp"

namespace smtpspec::engine {

struct RunOptions {
  ScheduleOptions schedule;         ///< its `jobs` is what cases_at_once() says
  std::optional<std::size_t> jobs;  ///< unset: what suits the kind of target
  Timeouts timeouts;
  double timeout_multiplier = 1.0;
  std::filesystem::path messages;   ///< folder of the files that {file("name")} names
  std::string client = "stranger";  ///< for cases that name no client
};

/// Plays the cases against the target and gives everything that came out, invariants at the end. A target
/// that can't be reached at all has all its cases blocked and marked unreachable. Blocks until done or `stop`
/// says so; after that the loop is only good to be destroyed, for cases in flight still lie suspended on it.
/// Host and cases must outlive the loop's last run.
result::Run run_cases(wire::EventLoop& loop, target::Host& host, const scenario::Catalogue& catalogue,
                      const std::vector<const scenario::Case*>& cases, const RunOptions& options,
                      StopRequest stop, CaseDone done);

/// Is told of each case as it is done, and on which of the hosts.
using CaseOfHostDone = std::function<void(std::size_t host, const result::CaseResult&)>;

/// What is played against one of several hosts; the host must outlive the run.
struct HostAndCases {
  target::Host* host;
  std::vector<const scenario::Case*> cases;
  RunOptions options;
};

/// Plays against several hosts at the same time, against each as run_cases() would, and gives their runs in
/// the order of the hosts. One that dies or is not reached doesn't keep the others from going on.
std::vector<result::Run> run_side_by_side(wire::EventLoop& loop, const std::vector<HostAndCases>& all,
                                          const scenario::Catalogue& catalogue, StopRequest stop,
                                          CaseOfHostDone done);

/// How many cases are played at once against a target: as many as are wanted (16 or, against the
/// embedded one, 48 where nobody says) and its limits bear.
std::size_t cases_at_once(const target::Target& target, const RunOptions& options);

/// What comes out when the target could not be started: every case blocked. `aborted` is the word of whoever
/// ended the start from outside; empty when it failed by itself.
result::Run run_without_target(const target::Target& target, const scenario::Catalogue& catalogue,
                               const std::vector<const scenario::Case*>& cases,
                               const target::StartFailed& failed, const std::string& aborted);

}  // namespace smtpspec::engine
