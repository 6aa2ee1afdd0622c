// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace smtpspec::scenario {

/// Every key of a scenario file with its type and meaning, as Markdown, made from the step table.
std::string scenario_manual();

}  // namespace smtpspec::scenario
