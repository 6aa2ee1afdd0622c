// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/line.hpp"

namespace smtpspec::smtp {

/// What can be wrong with a reply (RFC 5321 4.2, 4.5.3.1.5).
enum class ReplyFault : std::uint8_t {
  // These make it unusable: the parser answers malformed.
  no_code,          ///< a line doesn't begin with three digits
  bad_separator,    ///< the code is followed by something other than SP, "-" or the end of the line
  too_many_lines,   ///< more lines than the bound
  too_many_octets,  ///< more octets than the bound
  endless_line,     ///< a line longer than the splitter's bound
  cut_off,          ///< the stream ended inside a line
  // These are noted; the reply is still complete.
  code_changed,       ///< a later line has another code than the first
  code_out_of_range,  ///< not [2-5][0-5][0-9]
  bare_code,          ///< the last line is the code alone, without a space
  line_too_long,  ///< more than 512 octets with CRLF (334: more than 12288 octets of base64, RFC 4954 section
                  ///< 4)
  lf_only,        ///< a line ends with LF alone, or has one in its text
  bare_cr,        ///< a CR that is not part of CRLF
  nul,            ///< an octet 0
  control_character,  ///< another octet below 32 than HT, or 127; legal in the greeting text of an EHLO reply
  eight_bit,          ///< an octet above 127; legal only where RFC 6531 3.7.4 says so
};

/// The name of a fault, as its enumerator is spelled.
std::string_view to_string(ReplyFault fault);

/// True for the faults after which no code can be relied on.
constexpr bool makes_unusable(ReplyFault fault) {
  return fault <= ReplyFault::cut_off;
}

/// One line of a reply, exactly as it came.
struct ReplyLine {
  std::string raw_text;  ///< the whole line without its ending, code included
  Ending ending = Ending::crlf;
  int code = 0;                    ///< 0 when the line has none
  char separator = 0;              ///< ' ', '-', or 0 for a bare code
  std::vector<ReplyFault> faults;  ///< those of this line

  /// A line with "-" is followed by another.
  bool is_last() const { return code != 0 && separator != '-'; }

  /// What follows code and separator.
  std::string_view text() const {
    return separator == 0 ? std::string_view{} : std::string_view(raw_text).substr(4);
  }
};

/// One reply of a server: exact bytes, the code, and what was wrong with it.
struct Reply {
  int code = 0;  ///< of the last line; 0 when there is none
  std::vector<ReplyLine> lines;
  std::vector<ReplyFault> faults;  ///< each kind once, in the order seen

  int first_digit() const { return code / 100; }
  int second_digit() const { return code / 10 % 10; }
  bool has(ReplyFault fault) const;

  /// Complete, and its code can be relied on.
  bool usable() const;

  /// The text of all lines without codes, joined by LF.
  std::string text() const;

  /// The bytes as they came, endings included.
  std::string raw() const;
};

/// Assembles one reply from lines that arrive one at a time. Does no I/O. Feed lines until it answers
/// complete or malformed, then take() the reply; the parser is then ready for the next one. A line without a
/// usable code ends the reply as malformed at once; a code that changes doesn't: the line with SP (or
/// nothing) after its code is the last.
class ReplyParser {
 public:
  enum class State { need_more, complete, malformed };

  static constexpr std::size_t max_line_octets = 512;         // RFC 5321 4.5.3.1.5, CRLF included
  static constexpr std::size_t max_challenge_octets = 12288;  // RFC 4954 section 4, CRLF not included
  static constexpr std::size_t default_max_lines = 1000;
  static constexpr std::size_t default_max_octets = 1024 * 1024;

  explicit ReplyParser(std::size_t max_lines = default_max_lines, std::size_t max_octets = default_max_octets)
      : max_lines_(max_lines), max_octets_(max_octets) {}

  State feed(const LineView& line);
  State feed(const Line& line) { return feed(LineView{line.text, line.ending}); }

  /// Hands over what was assembled, complete or not, and starts anew.
  Reply take();

  /// What has been assembled up to now.
  const Reply& reply() const { return reply_; }
  bool in_progress() const { return !reply_.lines.empty(); }

 private:
  void note(ReplyFault fault, ReplyLine& line);
  bool note_bounds(const LineView& view, ReplyLine& line);
  bool read_code(ReplyLine& line);
  void note_octets(ReplyLine& line);

  std::size_t max_lines_;
  std::size_t max_octets_;
  std::size_t octets_ = 0;
  Reply reply_;
};

}  // namespace smtpspec::smtp
