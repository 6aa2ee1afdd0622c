// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace smtpspec::report {

/// Two octet strings as they stand side by side on a page: escaped, a line of text for each line, and what
/// differs between the common beginning and the common end inside <mark>.
struct OctetDifference {
  std::string before;
  std::string after;
};
OctetDifference octet_difference(std::string_view before, std::string_view after);

}  // namespace smtpspec::report
