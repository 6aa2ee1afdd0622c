// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "result/model.hpp"

namespace smtpspec::gate {

/// Why a case is what it is, in a sentence of at most 200 octets, escaped for display: what its main finding
/// says, or what kept it from being judged. Empty where nothing is to be said.
std::string what_came(const result::CaseResult& result);

}  // namespace smtpspec::gate
