// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Octets made to a length. None of them checks its size: who calls holds it against Template::max_octets
/// first.
namespace smtpspec::scenario {

/// `octets` octets of a text over and over.
std::string fill(std::size_t octets, std::string_view text = "abcdefghijklmnopqrstuvwxyz");

/// So many lines of that length, joined by CRLF, without an ending behind the last.
std::string lines_of(std::size_t count, std::size_t length);

/// Valid UTF-8 of which every octet but perhaps the first has its high bit set.
std::string eight_bit(std::size_t octets);

/// The smallest size that content() can make.
inline constexpr std::size_t least_content = 16;

/// A whole message of exactly so many octets: a header, an empty line, lines of at most 78 octets, each with
/// CRLF. No line begins with a dot.
std::string content(std::size_t octets);

}  // namespace smtpspec::scenario
