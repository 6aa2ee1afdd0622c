// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace smtpspec::base {

/// A place in a file that a person wrote. Lines and columns (in octets) count from 1; line 0 means the file
/// as a whole.
struct SourcePosition {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  bool operator==(const SourcePosition&) const = default;
};

}  // namespace smtpspec::base
