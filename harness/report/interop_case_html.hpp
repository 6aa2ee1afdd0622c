// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/decision.hpp"
#include "result/model.hpp"

namespace smtpspec::report {

/// What a message of a pair opens to: what was found, the difference in octets, both dialogues side by side,
/// and the command that does it again. Everything from a server is escaped.
std::string interop_case_html(const result::Run& run, const result::CaseResult& result);

}  // namespace smtpspec::report
