// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smtpspec::smtp {

/// Doubles every dot at the beginning of a line; lines end at CRLF only (RFC 5321 4.5.2).
std::string stuff_dots(std::string_view content);

/// What goes over the wire for a message: stuffed, a CRLF when the content lacks its last one, then `.` CRLF.
std::string stuff(std::string_view content);

/// A sequence of octets that ends the message. The data is looked at as if the CRLF of the DATA command stood
/// before it.
struct DataEnd {
  std::string sequence;
  std::size_t message_octets = 0;  ///< how many octets of the sequence, from its front, belong to the message

  bool operator==(const DataEnd&) const = default;
};

/// The one end there is: CRLF `.` CRLF, of which the first CRLF belongs to the message (RFC 5321 4.1.1.4).
DataEnd true_data_end();

/// How dots at the beginning of a line are taken away. Only `correct` is correct; the others are for a server
/// that is broken on purpose.
enum class UnstuffMode { correct, none, twice, first_line_only };

/// What an Unstuffer goes by. The default is the RFC.
struct UnstuffRules {
  std::vector<DataEnd> ends = {true_data_end()};
  UnstuffMode mode = UnstuffMode::correct;
  bool lf_starts_line = false;             ///< a dot after a lone LF is taken away too
  std::size_t max_kept_octets = SIZE_MAX;  ///< what exceeds it is counted, not kept
};

/// Reads the content of DATA from arbitrary pieces of the stream: finds its end and takes away the stuffed
/// dots.
///
/// Two stages. The first looks for an end: octets which may be the beginning of one are held back, all others
/// go on. The second follows the lines of what goes on: at the beginning of a line a dot is dropped, a lone
/// CR, a lone LF and NUL are counted, everything else is kept as it came.
class Unstuffer {
 public:
  enum class State { need_more, complete };

  struct Fed {
    State state;
    std::size_t consumed;  ///< octets taken from this piece; all of it unless complete
  };

  /// What was seen in the message, as it was on the wire but for the end.
  struct Counts {
    std::size_t octets = 0;  ///< of the message, after un-stuffing
    std::size_t lone_cr = 0;
    std::size_t lone_lf = 0;
    std::size_t nul = 0;
    std::size_t eight_bit = 0;
    std::size_t longest_line = 0;  ///< octets without CRLF, after un-stuffing

    bool operator==(const Counts&) const = default;
  };

  explicit Unstuffer(UnstuffRules rules = {});

  Fed feed(std::string_view bytes);

  bool is_complete() const { return complete_; }
  const std::string& content() const { return content_; }
  std::string take_content() { return std::move(content_); }
  const Counts& counts() const { return counts_; }

  /// The end that was met; empty while there was none.
  const std::string& ended_by() const { return ended_by_; }

 private:
  void hold(char octet);
  void release_what_is_no_beginning();
  void finish(const DataEnd& end);
  void release_held(std::size_t octets);
  void pass(std::string_view octets);
  void pass_octet(char octet);
  void keep(std::string_view octets);
  void end_line();

  UnstuffRules rules_;
  std::array<bool, 256> begins_end_{};
  std::string held_;
  std::size_t virtual_octets_ = 2;  // of held_, from its front: the CRLF of the DATA command
  std::string content_;
  Counts counts_;
  std::string ended_by_;
  bool complete_ = false;
  bool after_cr_ = false;
  int dots_to_drop_;
  std::size_t line_octets_ = 0;
};

}  // namespace smtpspec::smtp
