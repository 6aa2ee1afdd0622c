// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace smtpspec::target {

/// The JSON schema of target files, for editors; made from the table that the reader uses.
std::string target_schema();

}  // namespace smtpspec::target
