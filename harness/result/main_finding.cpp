// SPDX-License-Identifier: Apache-2.0
#include "result/main_finding.hpp"

#include <algorithm>

namespace smtpspec::result {

const Finding* main_finding(const CaseResult& result) {
  const auto worst =
      std::max_element(result.findings.begin(), result.findings.end(),
                       [](const Finding& a, const Finding& b) { return a.verdict < b.verdict; });
  if (worst == result.findings.end() || worst->verdict < result.verdict) return nullptr;
  return &*worst;
}

}  // namespace smtpspec::result
