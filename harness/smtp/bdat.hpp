// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace smtpspec::smtp {

/// The argument of BDAT (RFC 3030 section 2).
struct BdatArgument {
  std::uint64_t octets = 0;
  bool last = false;

  bool operator==(const BdatArgument&) const = default;
};

/// Reads "chunk-size [SP LAST]", LAST in any case of letters; nothing for anything else or a size above
/// 2^64-1. Spaces at the end are tolerated (RFC 5321 4.1.1).
std::optional<BdatArgument> parse_bdat_argument(std::string_view text);

}  // namespace smtpspec::smtp
