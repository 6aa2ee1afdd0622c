// SPDX-License-Identifier: Apache-2.0
#include "engine/case_description.hpp"

namespace smtpspec::engine {

result::CaseResult describe_case(const scenario::Case& one) {
  result::CaseResult result;
  result.id = one.id;
  result.title = one.title;
  result.why = one.why;
  result.spec = one.spec;
  result.section = one.section;
  result.position = one.position;
  result.source_lines = one.source_lines;
  result.covers = one.covers;
  result.tags = one.tags;
  result.on = one.on;
  result.client = one.client;
  return result;
}

result::CaseResult unplayed(const scenario::Case& one, base::Verdict verdict, std::string reason) {
  auto result = describe_case(one);
  result.verdict = verdict;
  result.reason = std::move(reason);
  return result;
}

}  // namespace smtpspec::engine
