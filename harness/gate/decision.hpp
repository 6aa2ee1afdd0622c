// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/source_position.hpp"
#include "gate/exit_code.hpp"
#include "result/model.hpp"

/// Whether a run is green. Design: a verdict is what the target did; the gate is what a project accepts.
namespace smtpspec::gate {

/// What makes the gate stricter than the verdicts alone.
struct Policy {
  bool strict = false;               ///< a warn is red
  std::vector<std::string> require;  ///< case ids or globs whose `unsupported` is red

  bool operator==(const Policy&) const = default;
};

/// The policy a run was made with, from its options `strict` and `require`.
Policy policy_of(const result::Run& run);

/// A verdict held against the expectation file; `none` where no entry speaks of the case and it is not red
/// either, and everywhere when there is no file.
enum class Delta { none, as_expected, regression, unexpected_pass, changed };

std::string_view to_string(Delta delta);

/// How one case stands before the gate.
struct CaseDecision {
  bool red = false;
  Delta delta = Delta::none;
  std::string
      reason;  ///< why it is red although its verdict alone is not, or the entry's reason; may be empty
  base::SourcePosition entry;  ///< in the expectation file; line 0 where no entry speaks of the case

  bool operator==(const CaseDecision&) const = default;
};

/// The gate's answer for a whole run; `cases` runs parallel to those of the run.
struct Decision {
  std::vector<CaseDecision> cases;
  ExitCode exit_code = ExitCode::nothing_judged;
  std::vector<std::string> notes;  ///< what is wrong with the expectation file and makes nothing red

  /// Some case is red; JUnit has a failure or error exactly then.
  bool red() const;

  bool operator==(const Decision&) const = default;
};

/// Something was learnt about the target: some case gave pass, warn, fail, info, or crash.
bool judged_anything(const result::Run& run);

/// Decides every case by its verdict and the policy alone.
std::vector<CaseDecision> decide_alone(const result::Run& run, const Policy& policy);

/// Decides every case by its verdict, the policy and the expectation file that the run carries, then the run.
/// A file that can't be read any more makes the run invalid_file.
Decision decide(const result::Run& run, const Policy& policy);

}  // namespace smtpspec::gate
