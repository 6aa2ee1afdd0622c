// SPDX-License-Identifier: Apache-2.0
#include "gate/what_came.hpp"

#include <string_view>

#include "base/display.hpp"
#include "result/main_finding.hpp"

namespace smtpspec::gate {

std::string what_came(const result::CaseResult& result) {
  const auto* finding = main_finding(result);
  const std::string_view text = finding != nullptr ? finding->message : result.reason;
  constexpr std::size_t widest = 200;
  return base::escape_for_display(text.substr(0, widest));
}

}  // namespace smtpspec::gate
