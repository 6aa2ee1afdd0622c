// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gate/decision.hpp"
#include "result/model.hpp"

/// What a CI system shows beside the change that broke something: the worst cases first, few of them, the
/// rest counted.
namespace smtpspec::report {

struct Annotation {
  bool red = true;  ///< false: a missed SHOULD that the gate lets pass
  base::Verdict verdict = base::Verdict::fail;
  std::string id;
  std::string file;  ///< the scenario's, or the expectation file where an entry of it no longer holds
  std::uint32_t line = 0;
  std::string title;    ///< "fail rfc5321/...", escaped for display
  std::string message;  ///< several lines, escaped for display
};

/// All there is to say, the worst first: crash, fail, error, blocked, warn, what passes unexpectedly, then
/// what is not red.
std::vector<Annotation> annotations(const result::Run& run, const gate::Decision& decision);

/// GitHub shows ten errors and ten warnings of a step; the last of each counts those left out.
inline constexpr std::size_t most_annotations = 10;

/// Workflow commands, a line each: `::error file=...,line=...,title=...::message`.
std::string github_annotations(const result::Run& run, const gate::Decision& decision);

/// For a job's log that has no annotations: one line each, those left out counted.
std::string plain_annotations(const result::Run& run, const gate::Decision& decision, bool colour);

/// GitLab's Code Quality report (artifacts:reports:codequality), which it shows in the merge request.
std::string code_quality(const result::Run& run, const gate::Decision& decision);

}  // namespace smtpspec::report
