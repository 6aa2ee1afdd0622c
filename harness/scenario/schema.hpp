// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace smtpspec::scenario {

/// The JSON schema (draft 2020-12) of a scenario file, made from the step table. Ends with a newline.
std::string scenario_schema();

}  // namespace smtpspec::scenario
