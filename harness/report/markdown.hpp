// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/decision.hpp"
#include "result/model.hpp"

namespace smtpspec::report {

/// A short summary for a CI's step summary: the counts, then each red case with its dialogue folded away. At
/// most 512 KiB, since GitHub refuses more than 1 MiB.
std::string markdown(const result::Run& run, const gate::Decision& decision);

}  // namespace smtpspec::report
