// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace smtpspec::cli {

inline constexpr char tool_version[] = SMTPSPEC_VERSION;

/// The version of the bundled scenarios; a scenario says since which it is there.
inline constexpr char suite_version[] = "0.1";

}  // namespace smtpspec::cli
