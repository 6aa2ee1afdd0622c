// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/verdict.hpp"
#include "result/model.hpp"

namespace smtpspec::compare {

using base::Verdict;

/// What a target did in one case, in as few words as tell it from what another did. Octets of the target may
/// stand in the words: escape them.
struct Behaviour {
  Verdict verdict = Verdict::blocked;
  std::string label;  ///< the scenario's own word for it, its outcome
  std::string
      answer;  ///< what decided the case: "354", "250, 221, closed", "silence", "the body ... differs"
  std::string detail;  ///< why nothing could be judged, or how often a rule was broken; never compared

  /// The shortest true text about it: label, else answer, else detail; may be empty.
  const std::string& text() const { return !label.empty() ? label : !answer.empty() ? answer : detail; }
};

/// Reads it off a result: the outcome, else the answer that the deciding finding names, else the last reply
/// of the last step in the dialogue.
Behaviour behaviour_of(const result::CaseResult& result);

/// Whether two targets did the same: the same verdict and the same label, or, where neither has a label, the
/// same answer. A case that could not be judged, and an invariant, is its verdict alone.
bool is_same(const Behaviour& one, const Behaviour& other);

/// Nothing was learnt of the target: the case was not played, or is for an endpoint that it does not have.
bool was_not_played(const result::CaseResult& result);

/// The finding that a verdict comes from: the first of the worst, or, where nothing is wrong, the last that
/// has the case's outcome; null where there is none.
const result::Finding* deciding_finding(const result::CaseResult& result);

}  // namespace smtpspec::compare
