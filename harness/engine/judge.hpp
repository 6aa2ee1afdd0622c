// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/requirement.hpp"
#include "result/model.hpp"
#include "scenario/catalogue.hpp"
#include "scenario/model.hpp"

namespace smtpspec::engine {

using base::Verdict;
using Requirements = scenario::Catalogue::Map;

/// Turns what was seen into verdicts, no stricter than the words of the requirement: the catalogue's `worst`
/// caps each one, and a requirement that the target file counts as `ours` is only recorded. Borrows what it
/// is made from.
class Judge {
 public:
  Judge(const Requirements& requirements, const std::vector<std::string>& ours,
        const scenario::Case& scenario_case);

  /// Records a judgement. `finding.verdict` is what the breach would be worth; each requirement in
  /// `finding.requirements` (the case's own when empty) caps it. Gives the verdict that was recorded.
  Verdict record(result::Finding finding);

  /// Names what the target did; the last word stands.
  void set_outcome(std::string outcome);

  /// The worst of all judgements; pass when there is none.
  Verdict verdict() const { return worst_; }
  const std::string& outcome() const { return outcome_; }

  std::vector<result::Finding> take_findings() { return std::move(findings_); }

  /// One verdict for each requirement that the case covers or a judgement named.
  std::vector<result::RequirementVerdict> requirement_verdicts() const;

 private:
  Verdict capped(Verdict verdict, const std::string& requirement) const;

  const Requirements& requirements_;
  const std::vector<std::string>& ours_;
  const scenario::Case& case_;
  std::vector<result::Finding> findings_;
  std::map<std::string, Verdict> by_requirement_;
  std::string outcome_;
  Verdict worst_ = Verdict::pass;
};

}  // namespace smtpspec::engine
