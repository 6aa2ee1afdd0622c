// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::interop {

/// How a message differs from what it was one server earlier.
enum class Change {
  none,    ///< but for header fields that were put on top, it is what it was
  added,   ///< header fields were added elsewhere
  taken,   ///< a header field is missing
  header,  ///< a header field is another
  body,    ///< the body is another
};

/// What two forms of a message have between them. The windows hold what differs, with a line before and
/// behind.
struct ContentComparison {
  Change change = Change::none;
  std::vector<std::string> added;  ///< names of the fields that are there on top, or anywhere
  std::string words;               ///< what differs, for a person; empty when nothing does
  std::string before;              ///< octets around the difference
  std::string after;
};

/// Compares what came with what had been there. Both have the same line endings.
ContentComparison compare_content(std::string_view before, std::string_view after);

/// True when there are octets above 127.
bool has_eight_bits(std::string_view octets);

}  // namespace smtpspec::interop
