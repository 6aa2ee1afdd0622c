// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::report {

/// Octets as a report shows them: escaped, and cut after so many octets with a word on how many more there
/// were.
std::string shown(std::string_view octets, std::size_t at_most);

/// A text of several lines as a report shows it: split after each LF, each line escaped on its own and cut,
/// the LF itself not shown. A text that ends with LF has no empty line after it.
std::vector<std::string> shown_lines(std::string_view text, std::size_t widest);

/// Every line with so many spaces before it; empty lines stay empty.
std::string indented(std::string_view text, std::size_t columns);

}  // namespace smtpspec::report
