// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/requirement.hpp"
#include "base/source_position.hpp"
#include "base/transcript.hpp"
#include "base/verdict.hpp"
#include "result/offers.hpp"

/// What came out, as data. The engine writes it, every report is made from it, `results.json` is its stored
/// form. Octets from the target stand here as they came; only reports escape them.
namespace smtpspec::result {

using base::Verdict;

/// One judgement that is not a plain pass, or a pass with an outcome label.
struct Finding {
  Verdict verdict = Verdict::pass;        ///< after the catalogue's cap
  std::vector<std::string> requirements;  ///< what was broken or kept
  std::string message;                    ///< one sentence for a stranger
  std::string expected;
  std::string actual;  ///< octets of the answer may stand in it
  std::string outcome;
  std::uint32_t line = 0;  ///< in the scenario's file; 0 when no step is to blame
  std::uint32_t column = 0;
  std::string session;    ///< name of the session, "" the first
  std::size_t event = 0;  ///< number of transcript events of that session when it was found

  bool operator==(const Finding&) const = default;
};

/// Where in a dialogue a step of the scenario began.
struct StepMark {
  std::uint32_t line = 0;  ///< in the scenario's file; 0 for prelude and closing
  std::string title;       ///< "prelude", "closing", or the action's word
  std::size_t event = 0;   ///< index of the first transcript event of the step

  bool operator==(const StepMark&) const = default;
};

/// One connection.
struct Session {
  std::string name;      ///< "" the first
  std::string endpoint;  ///< "smtp://127.0.0.1:2525"
  std::string client;    ///< stranger, trusted
  std::vector<base::TranscriptEvent> events;
  std::vector<StepMark> steps;
  std::size_t dropped_bytes = 0;  ///< of the transcript, past its bound

  bool operator==(const Session&) const = default;
};

/// What reports call the nth session of one name: "hop", "hop.2", ...
inline std::string name_of_session(const std::string& name, std::size_t nth) {
  return nth == 1 ? name : name + '.' + std::to_string(nth);
}

struct RequirementVerdict {
  std::string requirement;
  Verdict verdict = Verdict::pass;

  bool operator==(const RequirementVerdict&) const = default;
};

struct CaseResult {
  std::string id;
  std::string title;
  std::string why;
  std::string spec;     ///< "RFC 5321"
  std::string section;  ///< "4.5.2"
  base::SourcePosition
      position;  ///< of the scenario; file is relative to the data folder where it is bundled
  std::vector<std::string> source_lines;  ///< the scenario as written, from position.line
  std::vector<std::string> covers;
  std::vector<std::string> tags;
  std::string on;
  std::string client;

  Verdict verdict = Verdict::blocked;
  std::string outcome;  ///< label of what the target did; may be empty
  std::string reason;   ///< proof of unsupported, why blocked, what crashed
  Lack lacks;           ///< of unsupported: what is not offered; empty where it is something else
  std::vector<Finding> findings;
  std::vector<RequirementVerdict> requirement_verdicts;
  std::vector<Session> sessions;
  std::vector<std::string> delivered;  ///< raw messages that arrived for this case, bounded
  std::string server_log;              ///< the tail of the target's log, when not green
  std::chrono::nanoseconds duration{0};
  std::uint32_t attempts = 1;
  std::string token;  ///< what made this case's mailboxes its own; empty for invariants
  bool unreachable =
      false;  ///< blocked because no connection came about, or silence stood in place of the greeting

  /// Of an invariant: replies it was looked for in, and those that broke it.
  std::uint64_t looked_at = 0;
  std::uint64_t broken = 0;

  bool operator==(const CaseResult&) const = default;
};

/// The expectation file that a run is held against, as it stood then. A stored run carries it, so that every
/// report made again says the same.
struct Expectations {
  std::string file;  ///< as a person named it; empty when there is none
  std::string text;

  bool operator==(const Expectations&) const = default;
};

struct TargetFacts {
  std::string name;
  std::string software;
  std::string version;
  std::string banner;             ///< the greeting, octets as they came
  std::vector<std::string> ehlo;  ///< lines of the EHLO answer without codes
  std::string address;            ///< "smtp://127.0.0.1:2525"
  std::string argument;  ///< the options that name the target, for the command that runs a case again
  Offers offers;         ///< of every way that was probed

  bool operator==(const TargetFacts&) const = default;
};

/// "postfix" of "postfix@trixie": the server, whatever its version.
inline std::string_view server_of(std::string_view target_name) {
  return target_name.substr(0, target_name.find('@'));
}

/// Everything that one invocation produced. Cases stand in catalogue order, invariants last; every planned
/// case is there, whatever happened.
struct Run {
  std::string tool_version;
  std::string suite_version;
  std::string started;  ///< RFC 3339, UTC
  std::chrono::nanoseconds duration{0};
  TargetFacts target;
  std::map<std::string, std::string> options;   ///< command (where it is not run), seed, jobs, client,
                                                ///< profile, timeout-multiplier, data, slow ("true"), own
                                                ///< scenarios (paths, by spaces), selection, narrowed
                                                ///< ("true"), strict ("true"), require (globs, by spaces)
  std::vector<base::Requirement> requirements;  ///< those that the cases name
  std::vector<CaseResult> cases;
  std::string aborted;  ///< "" or why the run did not come to its end: "interrupted" (Ctrl-C), "terminated"
                        ///< (SIGTERM), "max-time", "fail-fast"
  Expectations expectations;
  std::string shard;              ///< "2/4", counted from 1; empty for a run that is whole
  std::vector<std::string> plan;  ///< of a shard: the ids of all shards' cases, in catalogue order

  bool operator==(const Run&) const = default;
};

}  // namespace smtpspec::result
