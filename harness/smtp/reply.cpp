// SPDX-License-Identifier: Apache-2.0
#include "smtp/reply.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace smtpspec::smtp {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The code with which a line begins; 0 when it doesn't begin with three digits (000 is as good as none).
int leading_code(std::string_view text) {
  if (text.size() < 3 || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[2])) return 0;
  return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

bool code_in_range(std::string_view text) {
  return text[0] >= '2' && text[0] <= '5' && text[1] >= '0' && text[1] <= '5';
}

enum Octet : unsigned char { plain = 0, has_nul = 1, has_lf = 2, has_cr = 4, has_control = 8, has_high = 16 };

constexpr std::array<unsigned char, 256> make_octet_kinds() {
  std::array<unsigned char, 256> kinds{};
  for (std::size_t i = 0; i < 256; ++i) {
    kinds[i] = i >= 128 ? has_high : (i < 32 || i == 127) ? has_control : plain;
  }
  kinds['\t'] = plain;
  kinds['\0'] = has_nul;
  kinds['\n'] = has_lf;
  kinds['\r'] = has_cr;
  return kinds;
}

constexpr std::array<unsigned char, 256> octet_kinds = make_octet_kinds();

unsigned kinds_in(std::string_view text) {
  unsigned seen = 0;
  for (const char c : text) seen |= octet_kinds[static_cast<unsigned char>(c)];
  return seen;
}

}  // namespace

std::string_view to_string(ReplyFault fault) {
  switch (fault) {
    case ReplyFault::no_code:
      return "no_code";
    case ReplyFault::bad_separator:
      return "bad_separator";
    case ReplyFault::too_many_lines:
      return "too_many_lines";
    case ReplyFault::too_many_octets:
      return "too_many_octets";
    case ReplyFault::endless_line:
      return "endless_line";
    case ReplyFault::cut_off:
      return "cut_off";
    case ReplyFault::code_changed:
      return "code_changed";
    case ReplyFault::code_out_of_range:
      return "code_out_of_range";
    case ReplyFault::bare_code:
      return "bare_code";
    case ReplyFault::line_too_long:
      return "line_too_long";
    case ReplyFault::lf_only:
      return "lf_only";
    case ReplyFault::bare_cr:
      return "bare_cr";
    case ReplyFault::nul:
      return "nul";
    case ReplyFault::control_character:
      return "control_character";
    case ReplyFault::eight_bit:
      return "eight_bit";
  }
  return "unknown";
}

bool Reply::has(ReplyFault fault) const {
  return std::find(faults.begin(), faults.end(), fault) != faults.end();
}

bool Reply::usable() const {
  return !lines.empty() && lines.back().is_last() &&
         std::none_of(faults.begin(), faults.end(), makes_unusable);
}

std::string Reply::text() const {
  std::string joined;
  for (const ReplyLine& line : lines) {
    if (&line != &lines.front()) joined += '\n';
    joined += line.text();
  }
  return joined;
}

std::string Reply::raw() const {
  std::string bytes;
  for (const ReplyLine& line : lines) {
    bytes += line.raw_text;
    bytes += bytes_of(line.ending);
  }
  return bytes;
}

ReplyParser::State ReplyParser::feed(const LineView& view) {
  ReplyLine& line = reply_.lines.emplace_back();
  line.raw_text.assign(view.text);
  line.ending = view.ending;
  const bool within_bounds = note_bounds(view, line);
  const bool readable = read_code(line);
  if (!within_bounds || !readable) return State::malformed;
  note_octets(line);
  return line.separator == '-' ? State::need_more : State::complete;
}

bool ReplyParser::note_bounds(const LineView& view, ReplyLine& line) {
  octets_ += view.text.size() + bytes_of(view.ending).size();
  if (view.overlong) {
    note(ReplyFault::endless_line, line);
  } else if (view.ending == Ending::none) {
    note(ReplyFault::cut_off, line);
  }
  if (reply_.lines.size() > max_lines_) note(ReplyFault::too_many_lines, line);
  if (octets_ > max_octets_) note(ReplyFault::too_many_octets, line);
  return line.faults.empty();
}

bool ReplyParser::read_code(ReplyLine& line) {
  const std::string_view text = line.raw_text;
  const int code = leading_code(text);
  if (code == 0) {
    note(ReplyFault::no_code, line);
    return false;
  }
  line.code = code;
  reply_.code = line.code;
  if (!code_in_range(text)) note(ReplyFault::code_out_of_range, line);
  if (line.code != reply_.lines.front().code) note(ReplyFault::code_changed, line);
  if (text.size() == 3) {
    note(ReplyFault::bare_code, line);
    return true;
  }
  if (text[3] != ' ' && text[3] != '-') {
    note(ReplyFault::bad_separator, line);
    return false;
  }
  line.separator = text[3];
  return true;
}

void ReplyParser::note_octets(ReplyLine& line) {
  const std::string_view text = line.raw_text;
  const bool too_long = line.code == 334 ? line.text().size() > max_challenge_octets
                                         : text.size() + bytes_of(line.ending).size() > max_line_octets;
  if (too_long) note(ReplyFault::line_too_long, line);
  const unsigned seen = kinds_in(text);
  if (line.ending == Ending::lf || (seen & has_lf) != 0) note(ReplyFault::lf_only, line);
  if (line.ending == Ending::cr || (seen & has_cr) != 0) note(ReplyFault::bare_cr, line);
  if ((seen & has_nul) != 0) note(ReplyFault::nul, line);
  if ((seen & has_control) != 0) note(ReplyFault::control_character, line);
  if ((seen & has_high) != 0) note(ReplyFault::eight_bit, line);
}

void ReplyParser::note(ReplyFault fault, ReplyLine& line) {
  line.faults.push_back(fault);
  if (!reply_.has(fault)) reply_.faults.push_back(fault);
}

Reply ReplyParser::take() {
  octets_ = 0;
  return std::exchange(reply_, Reply{});
}

}  // namespace smtpspec::smtp
