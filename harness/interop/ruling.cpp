// SPDX-License-Identifier: Apache-2.0
#include "interop/ruling.hpp"

#include <algorithm>
#include <utility>

namespace smtpspec::interop {

using base::Verdict;

Verdict Ruling::capped(Who who, Verdict verdict, const std::string& id) const {
  const auto& ours = party(who).ours;
  if (std::find(ours.begin(), ours.end(), id) != ours.end()) return std::min(verdict, Verdict::info);
  const auto known = requirements_.find(id);
  if (known == requirements_.end()) return verdict;
  const auto role = who == Who::sender ? scenario::Role::relay : scenario::Role::client;
  return std::min(verdict, scenario::worst_for(known->second, role));
}

void Ruling::record(Who who, Verdict worth, const std::vector<std::string>& ids, std::string words,
                    const std::string& outcome, const std::string& expected, const std::string& actual) {
  result::Finding finding;
  finding.verdict = ids.empty() ? std::min(worth, Verdict::warn) : Verdict::info;
  for (const auto& id : ids) {
    const auto one = capped(who, worth, id);
    auto& known = by_requirement_.try_emplace(id, Verdict::pass).first->second;
    known = std::max(known, one);
    finding.verdict = std::max(finding.verdict, one);
  }
  finding.requirements = ids;
  finding.message = std::move(words);
  finding.outcome = outcome;
  finding.expected = expected;
  finding.actual = actual;
  finding.line = position_.line;
  finding.column = position_.column;
  finding.session = who == Who::sender ? "" : "next";
  if (finding.verdict > verdict_ || outcome_.empty()) outcome_ = outcome;
  verdict_ = std::max(verdict_, finding.verdict);
  findings_.push_back(std::move(finding));
}

void Ruling::note(std::string outcome, std::string words) {
  result::Finding finding;
  finding.verdict = Verdict::info;
  finding.message = std::move(words);
  finding.outcome = outcome;
  if (verdict_ < Verdict::info || outcome_.empty()) outcome_ = std::move(outcome);
  verdict_ = std::max(verdict_, Verdict::info);
  findings_.push_back(std::move(finding));
}

void Ruling::end_with(Verdict verdict, std::string reason) {
  if (verdict < verdict_) return;
  verdict_ = verdict;
  reason_ = std::move(reason);
}

void Ruling::name_if_passed(std::string outcome) {
  if (outcome_.empty() && verdict_ == Verdict::pass) outcome_ = std::move(outcome);
}

void Ruling::write_to(result::CaseResult& result) const {
  result.verdict = verdict_;
  result.outcome = outcome_;
  result.reason = reason_;
  result.findings = findings_;
  auto all = by_requirement_;
  if (verdict_ <= Verdict::info) {
    for (const auto& id : result.covers) all.try_emplace(id, Verdict::pass);
  }
  for (const auto& [id, verdict] : all) result.requirement_verdicts.push_back({id, verdict});
}

}  // namespace smtpspec::interop
