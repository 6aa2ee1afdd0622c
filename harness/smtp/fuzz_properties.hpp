// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "smtp/base64.hpp"
#include "smtp/bdat.hpp"
#include "smtp/capabilities.hpp"
#include "smtp/command.hpp"
#include "smtp/dot_stuffing.hpp"
#include "smtp/enhanced_status.hpp"
#include "smtp/letter_case.hpp"
#include "smtp/line.hpp"
#include "smtp/pipelining.hpp"
#include "smtp/reply.hpp"
#include "smtp/xtext.hpp"

/// What must hold for every input. Each function answers which rule an input breaks, or nullptr. The fuzz
/// programs look for an input that breaks one; the tests replay the inputs kept under fixtures/fuzz.
namespace smtpspec::smtp::fuzz {

using Broken = const char*;

/// Takes the first octet of an input as a number that steers the check.
inline std::size_t take_octet(std::string_view& input) {
  if (input.empty()) return 0;
  const auto octet = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return octet;
}

using Piece = std::tuple<std::string, Ending, bool>;

struct SplitResult {
  std::vector<Piece> pieces;
  std::string rest;
  std::size_t most_pending = 0;
  bool operator==(const SplitResult& other) const { return pieces == other.pieces && rest == other.rest; }
};

inline SplitResult split_by(std::string_view bytes, LinePolicy policy, std::size_t max_octets,
                            std::size_t step) {
  LineSplitter splitter(policy, max_octets);
  SplitResult result;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    splitter.feed(bytes.substr(at, step));
    while (const auto line = splitter.next()) {
      result.pieces.emplace_back(std::string(line->text), line->ending, line->overlong);
    }
    result.most_pending = std::max(result.most_pending, splitter.pending().size());
  }
  result.rest = splitter.pending();
  return result;
}

/// No octet is lost or changed, nothing depends on how the octets arrived, and nothing grows without bound.
inline Broken break_line_splitter(std::string_view input) {
  const std::size_t steer = take_octet(input);
  const auto policy =
      std::array{LinePolicy::crlf_only, LinePolicy::lf_too, LinePolicy::lf_and_cr_too}[steer % 3];
  const std::size_t max_octets = 4 + steer / 3;
  const std::size_t step = 1 + take_octet(input) % 32;

  const SplitResult whole = split_by(input, policy, max_octets, input.size() + 1);
  std::string joined;
  for (const auto& [text, ending, overlong] : whole.pieces) {
    joined += text;
    joined += bytes_of(ending);
    if (text.size() + bytes_of(ending).size() > max_octets) return "a piece is above the bound";
    if (!overlong && ending == Ending::none) return "a whole line has no ending";
    const bool lf_follows = joined.size() < input.size() && input[joined.size()] == '\n';
    if (ending == Ending::none && text.back() == '\r' && lf_follows) return "a piece cuts a CRLF";
  }
  if (joined + whole.rest != input) return "the pieces joined are not the input";
  if (whole.rest.size() >= max_octets) return "more is pending than the bound";
  if (!(split_by(input, policy, max_octets, step) == whole)) return "the lines depend on the segments";
  if (!(split_by(input, policy, max_octets, 1) == whole)) return "the lines depend on the segments";
  return nullptr;
}

inline Broken break_one_reply(const Reply& reply, ReplyParser::State state) {
  const bool complete = state == ReplyParser::State::complete;
  const auto unusable_fault = std::any_of(reply.faults.begin(), reply.faults.end(), makes_unusable);
  if (complete == unusable_fault) return "state and faults contradict each other";
  if (reply.usable() != complete) return "state and usable() contradict each other";
  if (complete && (reply.code < 1 || reply.code > 999)) return "a complete reply has no code";
  std::size_t text_octets = reply.lines.size() - 1;
  for (const ReplyLine& line : reply.lines) {
    text_octets += line.text().size();
    for (const ReplyFault fault : line.faults) {
      if (!reply.has(fault)) return "a line's fault is not the reply's";
    }
    const auto status = parse_enhanced_status(line.text());
    if (status && line.text().substr(0, to_string(*status).size()) != to_string(*status)) {
      return "an enhanced status is not what the text begins with";
    }
  }
  if (reply.text().size() != text_octets) return "text() is not the texts joined";
  return nullptr;
}

/// Every octet of the lines fed is in one of the replies, and state, faults and usable() agree.
inline Broken break_reply(std::string_view input) {
  LineSplitter splitter(LinePolicy::lf_too, 1024);
  splitter.feed(input);
  ReplyParser parser(8, 2048);
  std::string raw;
  while (const auto line = splitter.next()) {
    const ReplyParser::State state = parser.feed(*line);
    if (state == ReplyParser::State::need_more) continue;
    const Reply reply = parser.take();
    raw += reply.raw();
    if (const Broken broken = break_one_reply(reply, state)) return broken;
  }
  raw += parser.take().raw();
  raw += splitter.pending();
  return raw == input ? nullptr : "the replies joined are not the input";
}

/// Look-up finds what is listed, and every line is kept as it came.
inline Broken break_capabilities(std::string_view input) {
  ReplyParser parser;
  std::size_t begin = 0;
  while (begin <= input.size()) {
    const std::size_t end = std::min(input.find('\n', begin), input.size());
    const std::string text(input.substr(begin, end - begin));
    begin = end + 1;
    parser.feed(Line{(begin > input.size() ? "250 " : "250-") + text, Ending::crlf});
  }
  const Reply reply = parser.take();
  const Capabilities found = parse_capabilities(reply);
  const std::string first(reply.lines[0].text());
  if (first != found.domain && first != found.domain + ' ' + found.greeting)
    return "the first line is not kept";
  if (found.keywords.size() >= reply.lines.size()) return "more keywords than lines";
  for (const Capability& capability : found.keywords) {
    if (!found.has(capability.keyword)) return "a keyword is not found";
    if (capability.keyword != to_upper(std::string_view(capability.keyword)))
      return "a keyword is not upper-cased";
    if (!std::any_of(reply.lines.begin() + 1, reply.lines.end(),
                     [&](const ReplyLine& line) { return line.text() == capability.line; })) {
      return "a line is not kept";
    }
    for (const std::string& parameter : capability.parameters) {
      if (parameter.empty() || parameter.find(' ') != std::string::npos) return "a parameter has a space";
      if (found.find(capability.keyword) == &capability && !found.offers(capability.keyword, parameter)) {
        return "a parameter is not found";
      }
    }
  }
  const bool fault_is_placed = std::all_of(found.faults.begin(), found.faults.end(), [&](const auto& fault) {
    return fault.line < reply.lines.size();
  });
  return fault_is_placed ? nullptr : "a fault stands at no line";
}

struct UnstuffResult {
  Unstuffer::State state = Unstuffer::State::need_more;
  std::size_t consumed = 0;
  std::string content;
  std::string ended_by;
  Unstuffer::Counts counts;
  bool operator==(const UnstuffResult&) const = default;
};

inline UnstuffResult unstuff_by(std::string_view wire, const UnstuffRules& rules, std::size_t step) {
  Unstuffer unstuffer(rules);
  UnstuffResult result;
  while (result.consumed < wire.size() && result.state == Unstuffer::State::need_more) {
    const Unstuffer::Fed fed = unstuffer.feed(wire.substr(result.consumed, step));
    result.consumed += fed.consumed;
    result.state = fed.state;
  }
  result.ended_by = unstuffer.ended_by();
  result.counts = unstuffer.counts();
  result.content = unstuffer.take_content();
  return result;
}

/// The rules of RFC 5321 4.5.2 in the plainest way: the whole data at once. Nothing when it has no end.
inline std::pair<bool, std::string> unstuff_plainly(std::string_view wire) {
  const std::string data = "\r\n" + std::string(wire);
  const std::size_t end = data.find("\r\n.\r\n");
  if (end == std::string::npos) return {false, {}};
  std::string content = data.substr(0, end + 2);
  for (std::size_t at = content.find("\r\n."); at != std::string::npos; at = content.find("\r\n.", at + 2)) {
    content.erase(at + 2, 1);
  }
  return {true, content.substr(2)};
}

/// How many octets there are up to the first end, whichever it is; npos when there is none.
inline std::size_t find_end_plainly(std::string_view wire, const UnstuffRules& rules) {
  const std::string data = "\r\n" + std::string(wire);
  std::size_t first = std::string::npos;
  for (const DataEnd& end : rules.ends) {
    const std::size_t at = data.find(end.sequence);
    if (at != std::string::npos) first = std::min(first, at + end.sequence.size() - 2);
  }
  return first;
}

inline UnstuffRules broken_rules(std::size_t steer) {
  using namespace std::string_literals;
  const std::array<DataEnd, 8> ends{{{"\n.\n", 1},
                                     {"\n.\r\n", 1},
                                     {"\r.\r", 1},
                                     {"\r\n.\r", 2},
                                     {"\r\n.\n", 2},
                                     {"\r\n\0.\r\n"s, 2},
                                     {"\r\n.\r\r\n", 2},
                                     {"\n\n", 2}}};
  UnstuffRules rules;
  rules.mode = std::array{UnstuffMode::correct, UnstuffMode::none, UnstuffMode::twice,
                          UnstuffMode::first_line_only}[steer % 4];
  rules.lf_starts_line = steer / 4 % 2 == 1;
  rules.ends.push_back(ends[steer / 8 % 8]);
  rules.ends.push_back(ends[steer / 64 * 2 + 1]);
  return rules;
}

/// Nothing depends on the segments, whatever the rules; under the true rules the result is that of the plain
/// way; and un-stuffing undoes stuffing.
inline Broken break_unstuffing(std::string_view input) {
  const std::size_t steer = take_octet(input);
  const std::size_t step = 1 + take_octet(input) % 16;
  for (const UnstuffRules& rules : {UnstuffRules{}, broken_rules(steer)}) {
    const UnstuffResult whole = unstuff_by(input, rules, input.size() + 1);
    if (!(unstuff_by(input, rules, 1) == whole)) return "the content depends on the segments";
    if (!(unstuff_by(input, rules, step) == whole)) return "the content depends on the segments";
    const bool complete = whole.state == Unstuffer::State::complete;
    const std::size_t end = complete ? whole.consumed : std::string::npos;
    if (end != find_end_plainly(input, rules)) return "another end than the plain way";
    if (whole.content.size() != whole.counts.octets) return "the octets are miscounted";
    if (whole.counts.longest_line > whole.counts.octets) return "the longest line is miscounted";
  }
  const UnstuffResult received = unstuff_by(input, {}, step);
  const auto [ended, content] = unstuff_plainly(input);
  if (ended && content != received.content) return "another content than the plain way";

  const std::string wire = stuff(input);
  const UnstuffResult back = unstuff_by(wire, {}, step);
  const bool has_crlf = input.empty() || (input.size() > 1 && input.substr(input.size() - 2) == "\r\n");
  if (back.consumed != wire.size() || back.state != Unstuffer::State::complete)
    return "stuffed content ends elsewhere";
  if (back.content != std::string(input) + (has_crlf ? "" : "\r\n"))
    return "un-stuffing doesn't undo stuffing";
  return nullptr;
}

inline Broken break_path(std::string_view input, PathKind kind, AddressCharset charset) {
  const PathOutcome outcome = parse_path(input, kind, charset);
  if (const auto* problem = std::get_if<PathProblem>(&outcome)) {
    return problem->offset <= input.size() ? nullptr : "a problem stands outside the path";
  }
  const Path& path = std::get<Path>(outcome);
  if (path.original != input.substr(0, path.original.size())) return "the path is not kept";
  if (path.is_null() || path.is_bare_postmaster()) return nullptr;
  const std::string again = quote_local_part(path.mailbox.local_part) + '@' + path.mailbox.domain;
  const auto mailbox = parse_mailbox(again, charset);
  if (!std::holds_alternative<Mailbox>(mailbox)) return "a mailbox can't be written again";
  if (std::get<Mailbox>(mailbox).local_part != path.mailbox.local_part)
    return "a local part changes when written again";
  return nullptr;
}

/// Command lines, paths and codecs: the original is kept, and what is written can be read.
inline Broken break_command(std::string_view input) {
  const Command command = parse_command(LineView{input, Ending::crlf, false});
  if (command.line != input) return "the command is not kept";
  if (command.rest_offset > command.line.size()) return "the argument lies outside the line";
  static_cast<void>(pipeline_item(input));
  static_cast<void>(parse_bdat_argument(command.rest()));
  for (const auto charset : {AddressCharset::ascii, AddressCharset::utf8}) {
    static_cast<void>(parse_mail_argument(command.rest(), charset));
    static_cast<void>(parse_rcpt_argument(command.rest(), charset));
    for (const auto kind : {PathKind::reverse, PathKind::forward}) {
      if (const Broken broken = break_path(input, kind, charset)) return broken;
    }
  }
  if (decode_xtext(encode_xtext(input)) != std::string(input)) return "xtext doesn't come back";
  if (decode_base64(encode_base64(input)) != std::string(input)) return "base64 doesn't come back";
  const auto octets = decode_base64(input);
  if (octets && encode_base64(*octets) != input) return "base64 was not canonical";
  return nullptr;
}

}  // namespace smtpspec::smtp::fuzz
