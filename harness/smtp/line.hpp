// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace smtpspec::smtp {

/// How a line ended on the wire.
enum class Ending { none, crlf, lf, cr };

/// The bytes of an ending; empty for none.
std::string_view bytes_of(Ending ending);

/// "CRLF", "LF", "CR", "none".
std::string_view to_string(Ending ending);

/// One line as it came: its text without the ending, and the ending.
struct Line {
  std::string text;
  Ending ending = Ending::none;

  std::string raw() const { return text + std::string(bytes_of(ending)); }
  bool operator==(const Line&) const = default;
};

/// A line that still lies in its splitter's buffer: valid until the splitter is fed, cleared or destroyed.
struct LineView {
  std::string_view text;
  Ending ending = Ending::none;
  bool overlong =
      false;  ///< a piece of a line above the bound; the line ends with the piece that has an ending

  Line to_line() const { return {std::string(text), ending}; }
};

/// Which bytes end a line. A strict server takes crlf_only (a lone CR or LF stays in the text); a client that
/// reads replies takes lf_too, so that a wrong ending can be seen and named.
///
/// With lf_and_cr_too a CR at the end of what was fed waits for the next byte, since a LF may follow.
enum class LinePolicy { crlf_only, lf_too, lf_and_cr_too };

/// Cuts a byte stream into lines with their exact endings. Feed bytes, then take lines until there is none.
/// Nothing is lost or changed: the raw lines and pending() joined are the bytes fed. A line longer than the
/// bound comes in pieces marked overlong, so that what is kept stays bounded as long as lines are taken after
/// every feed.
class LineSplitter {
 public:
  /// Above the longest line the protocol allows: 12288 octets of base64 in AUTH (RFC 4954 section 4).
  static constexpr std::size_t default_max_octets = 16 * 1024;

  /// `max_octets` bounds a line with its ending; at least 4.
  explicit LineSplitter(LinePolicy policy, std::size_t max_octets = default_max_octets);

  void feed(std::string_view bytes);

  /// The next whole line (or piece of an overlong one); nothing when more bytes are needed.
  std::optional<LineView> next();

  /// What was fed and not yet taken: the beginning of a line, or content that follows a command.
  std::string_view pending() const { return std::string_view(buffer_).substr(taken_); }

  /// Takes bytes from the front of pending() that were not lines (content of DATA, a BDAT chunk).
  void consume(std::size_t octets);

  /// Forgets everything pending (RFC 3207 section 4.2: nothing received before TLS survives the handshake).
  void clear();

 private:
  struct Cut {
    std::size_t text_end;
    Ending ending;
  };
  std::optional<Cut> find_ending(std::size_t window_end);
  LineView take(std::size_t text_octets, Ending ending);

  LinePolicy policy_;
  std::size_t max_octets_;
  std::string buffer_;
  std::size_t taken_ = 0;    // bytes of buffer_ already given out
  std::size_t scanned_ = 0;  // no line ends before this offset of buffer_
  bool inside_overlong_ = false;
};

}  // namespace smtpspec::smtp
