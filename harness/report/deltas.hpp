// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gate/decision.hpp"
#include "result/model.hpp"

/// What the reports say of a run that was held against an expectation file.
namespace smtpspec::report {

/// One entry of the file that holds: where it stands, why, and for how many cases.
struct KnownDeviation {
  std::string place;  ///< `file:line`
  std::string reason;
  std::vector<std::size_t> cases;  ///< indices into the run
};

/// In the order of the file.
std::vector<KnownDeviation> known_deviations(const result::Run& run, const gate::Decision& decision);

/// `expectations mine.toml: 23 as expected, 1 regression, 0 unexpected passes, 0 changed`; empty without a
/// file.
std::string delta_line(const result::Run& run, const gate::Decision& decision);

/// The word of a delta that is red, for a heading: "regression"; empty for any other.
std::string red_delta(const gate::CaseDecision& decision);

/// True where an entry of the file accounts for a verdict that is not clean.
bool is_known_deviation(const result::CaseResult& result, const gate::CaseDecision& decision);

}  // namespace smtpspec::report
