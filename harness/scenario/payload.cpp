// SPDX-License-Identifier: Apache-2.0
#include "scenario/payload.hpp"

#include <algorithm>
#include <cassert>

namespace smtpspec::scenario {

std::string fill(std::size_t octets, std::string_view text) {
  std::string out;
  if (text.empty()) return out;
  out.reserve(octets);
  while (out.size() < octets) out += text.substr(0, octets - out.size());
  return out;
}

std::string lines_of(std::size_t count, std::size_t length) {
  std::string out;
  if (count == 0) return out;
  out.reserve(count * (length + 2));
  const auto line = fill(length);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += "\r\n";
    out += line;
  }
  return out;
}

std::string eight_bit(std::size_t octets) {
  std::string out;
  out.reserve(octets);
  if (octets % 2 == 1) out += 'e';
  while (out.size() < octets) out += "\xC3\xA9";
  return out;
}

std::string content(std::size_t octets) {
  assert(octets >= least_content);
  constexpr std::size_t longest = 78;
  constexpr std::string_view crlf = "\r\n";
  std::string out = "Subject: size";
  // A line takes two octets at least; a single one that would be left over goes into the subject.
  if (octets == out.size() + 2 * crlf.size() + 1) out += 's';
  if (octets < out.size() + 2 * crlf.size()) out.resize(octets - 2 * crlf.size());
  out += crlf;
  out += crlf;
  out.reserve(octets);
  while (out.size() < octets) {
    const auto left = octets - out.size();
    const auto taken = left == longest + 1 ? longest - 1 : std::min(left, longest);
    out += fill(taken - crlf.size());
    out += crlf;
  }
  return out;
}

}  // namespace smtpspec::scenario
