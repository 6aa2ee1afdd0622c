// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "result/model.hpp"

namespace smtpspec::result {

/// The first of the worst findings, which the case is about; null where no step is to blame. It belongs to
/// `result`.
const Finding* main_finding(const CaseResult& result);

}  // namespace smtpspec::result
