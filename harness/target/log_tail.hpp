// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace smtpspec::target {

/// The last lines of some files, at most so many bytes in all, shared out evenly; files that are missing or
/// empty are left out. With more than one, each part begins with a line `--- name`. Bytes as they are, whole
/// lines where there are any.
std::string log_tail(const std::vector<std::string>& files, std::size_t max_bytes);

}  // namespace smtpspec::target
