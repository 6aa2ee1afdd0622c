// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace smtpspec::base {

/// Shows bytes so that nothing in them can act on a terminal, an XML or HTML reader's parser, or the eye:
/// CR, LF, TAB and NUL become `\r \n \t \0`, a backslash becomes `\\`; other C0 and C1 controls, DEL, invalid
/// UTF-8, bidirectional controls, zero-width and non-characters become `\xHH` byte by byte. Valid UTF-8 else
/// stays. Only this function and show_source() do so; the result is valid UTF-8 without control characters.
std::string escape_for_display(std::string_view bytes);

/// Shows a line that a person wrote, of a file or a command, as safely, but leaves its backslashes alone:
/// there `\r` is what stands in the line, not an escape of ours.
std::string show_source(std::string_view line);

/// How many columns a text takes that escape_for_display() or show_source() made: one a code point.
std::size_t display_width(std::string_view shown);

/// The bytes that an escaped string stands for: `\r \n \t \0 \\ \xHH`.
struct Unescaped {
  std::string bytes;
  std::size_t bad_offset = std::string::npos;  ///< where an unknown escape begins, or npos
  bool ok() const { return bad_offset == std::string::npos; }
};

/// Turns the escape syntax of scenarios into bytes. An unknown escape is reported, not passed through.
Unescaped unescape(std::string_view text);

}  // namespace smtpspec::base
