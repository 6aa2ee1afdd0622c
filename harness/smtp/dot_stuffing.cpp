// SPDX-License-Identifier: Apache-2.0
#include "smtp/dot_stuffing.hpp"

#include <algorithm>
#include <cassert>

namespace smtpspec::smtp {

namespace {

constexpr std::string_view crlf = "\r\n";

/// Nothing that pass_octet() would look at, once past the beginning of a line.
bool is_plain(char octet) {
  return static_cast<unsigned char>(octet) <= 127 && octet != '\r' && octet != '\n' && octet != '\0';
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

int dots_to_drop_in_a_line(UnstuffMode mode) {
  switch (mode) {
    case UnstuffMode::none:
      return 0;
    case UnstuffMode::twice:
      return 2;
    case UnstuffMode::correct:
    case UnstuffMode::first_line_only:
      break;
  }
  return 1;
}

}  // namespace

std::string stuff_dots(std::string_view content) {
  std::string stuffed;
  stuffed.reserve(content.size() + content.size() / 64 + 8);
  std::size_t copied = 0;
  if (begins_with(content, ".")) stuffed += '.';
  for (std::size_t at = content.find("\r\n."); at != std::string_view::npos;
       at = content.find("\r\n.", at + 3)) {
    stuffed += content.substr(copied, at + 3 - copied);
    stuffed += '.';
    copied = at + 3;
  }
  return stuffed += content.substr(copied);
}

std::string stuff(std::string_view content) {
  std::string wire = stuff_dots(content);
  if (!content.empty() && !ends_with(content, crlf)) wire += crlf;
  return wire += ".\r\n";
}

DataEnd true_data_end() {
  return {"\r\n.\r\n", 2};
}

Unstuffer::Unstuffer(UnstuffRules rules)
    : rules_(std::move(rules)), held_(crlf), dots_to_drop_(dots_to_drop_in_a_line(rules_.mode)) {
  for (const DataEnd& end : rules_.ends) {
    assert(!end.sequence.empty() && end.message_octets <= end.sequence.size());
    begins_end_[static_cast<unsigned char>(end.sequence[0])] = true;
  }
  release_what_is_no_beginning();
}

Unstuffer::Fed Unstuffer::feed(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && !complete_) {
    if (held_.empty()) {
      const std::size_t begin = at;
      while (at < bytes.size() && !begins_end_[static_cast<unsigned char>(bytes[at])]) ++at;
      pass(bytes.substr(begin, at - begin));
      if (at == bytes.size()) break;
    }
    hold(bytes[at++]);
  }
  return {complete_ ? State::complete : State::need_more, at};
}

void Unstuffer::hold(char octet) {
  held_ += octet;
  for (const DataEnd& end : rules_.ends) {
    if (ends_with(held_, end.sequence)) return finish(end);
  }
  release_what_is_no_beginning();
}

void Unstuffer::release_what_is_no_beginning() {
  const auto may_become_end = [this](std::string_view text) {
    return std::any_of(rules_.ends.begin(), rules_.ends.end(),
                       [text](const DataEnd& end) { return begins_with(end.sequence, text); });
  };
  std::size_t octets = 0;
  while (octets < held_.size() && !may_become_end(std::string_view(held_).substr(octets))) ++octets;
  release_held(octets);
}

void Unstuffer::release_held(std::size_t octets) {
  const std::size_t virtual_octets = std::min(octets, virtual_octets_);
  virtual_octets_ -= virtual_octets;
  pass(std::string_view(held_).substr(virtual_octets, octets - virtual_octets));
  held_.erase(0, octets);
}

void Unstuffer::finish(const DataEnd& end) {
  ended_by_ = end.sequence;
  release_held(held_.size() - end.sequence.size() + end.message_octets);
  held_.clear();
  if (after_cr_) ++counts_.lone_cr;
  counts_.longest_line = std::max(counts_.longest_line, line_octets_);
  complete_ = true;
}

void Unstuffer::pass(std::string_view octets) {
  std::size_t at = 0;
  while (at < octets.size()) {
    if (!after_cr_ && dots_to_drop_ == 0) {
      const std::size_t begin = at;
      while (at < octets.size() && is_plain(octets[at])) ++at;
      keep(octets.substr(begin, at - begin));
      if (at == octets.size()) return;
    }
    pass_octet(octets[at++]);
  }
}

void Unstuffer::pass_octet(char octet) {
  if (octet == '\n' && after_cr_) {
    keep("\n");
    return end_line();
  }
  if (after_cr_) ++counts_.lone_cr;
  if (octet == '\n') ++counts_.lone_lf;
  if (octet == '\0') ++counts_.nul;
  if (static_cast<unsigned char>(octet) > 127) ++counts_.eight_bit;
  after_cr_ = octet == '\r';
  if (octet == '.' && dots_to_drop_ > 0) {
    --dots_to_drop_;
    return;
  }
  dots_to_drop_ = octet == '\n' && rules_.lf_starts_line ? dots_to_drop_in_a_line(rules_.mode) : 0;
  keep(std::string_view(&octet, 1));
}

void Unstuffer::end_line() {
  counts_.longest_line = std::max(counts_.longest_line, line_octets_ - crlf.size());
  line_octets_ = 0;
  after_cr_ = false;
  dots_to_drop_ = rules_.mode == UnstuffMode::first_line_only ? 0 : dots_to_drop_in_a_line(rules_.mode);
}

void Unstuffer::keep(std::string_view octets) {
  counts_.octets += octets.size();
  line_octets_ += octets.size();
  const std::size_t room = rules_.max_kept_octets - std::min(rules_.max_kept_octets, content_.size());
  content_.append(octets.substr(0, room));
}

}  // namespace smtpspec::smtp
