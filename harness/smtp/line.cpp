// SPDX-License-Identifier: Apache-2.0
#include "smtp/line.hpp"

#include <algorithm>
#include <cassert>

namespace smtpspec::smtp {

std::string_view bytes_of(Ending ending) {
  switch (ending) {
    case Ending::none:
      return "";
    case Ending::crlf:
      return "\r\n";
    case Ending::lf:
      return "\n";
    case Ending::cr:
      return "\r";
  }
  return "";
}

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::none:
      return "none";
    case Ending::crlf:
      return "CRLF";
    case Ending::lf:
      return "LF";
    case Ending::cr:
      return "CR";
  }
  return "none";
}

LineSplitter::LineSplitter(LinePolicy policy, std::size_t max_octets)
    : policy_(policy), max_octets_(max_octets) {
  assert(max_octets >= 4);
}

void LineSplitter::feed(std::string_view bytes) {
  if (taken_ > 0) {
    buffer_.erase(0, taken_);
    scanned_ -= std::min(scanned_, taken_);
    taken_ = 0;
  }
  buffer_.append(bytes);
}

std::optional<LineView> LineSplitter::next() {
  // Only what a line of legal length would fill is looked at, so that where the pieces of an overlong line
  // are cut doesn't depend on how the bytes arrived.
  const std::size_t window_end = std::min(buffer_.size(), taken_ + max_octets_);
  if (const auto cut = find_ending(window_end)) return take(cut->text_end - taken_, cut->ending);
  if (window_end - taken_ < max_octets_) return std::nullopt;

  inside_overlong_ = true;
  const bool may_split_crlf = buffer_[window_end - 1] == '\r';
  return take(max_octets_ - (may_split_crlf ? 1 : 0), Ending::none);
}

std::optional<LineSplitter::Cut> LineSplitter::find_ending(std::size_t window_end) {
  const std::string_view window = std::string_view(buffer_).substr(0, window_end);
  std::size_t at = std::max(scanned_, taken_);
  for (;; ++at) {
    at = policy_ == LinePolicy::lf_and_cr_too ? window.find_first_of("\r\n", at) : window.find('\n', at);
    if (at == std::string_view::npos) break;
    if (window[at] == '\r') {
      if (at + 1 == window_end) break;  // the next byte decides
      return Cut{at, window[at + 1] == '\n' ? Ending::crlf : Ending::cr};
    }
    if (at > taken_ && window[at - 1] == '\r') return Cut{at - 1, Ending::crlf};
    if (policy_ != LinePolicy::crlf_only) return Cut{at, Ending::lf};
  }
  scanned_ = at == std::string_view::npos ? window_end : at;
  return std::nullopt;
}

LineView LineSplitter::take(std::size_t text_octets, Ending ending) {
  const LineView line{std::string_view(buffer_).substr(taken_, text_octets), ending, inside_overlong_};
  taken_ += text_octets + bytes_of(ending).size();
  scanned_ = taken_;
  if (ending != Ending::none) inside_overlong_ = false;
  return line;
}

void LineSplitter::consume(std::size_t octets) {
  assert(octets <= pending().size());
  taken_ += octets;
  scanned_ = taken_;
  inside_overlong_ = false;
}

void LineSplitter::clear() {
  buffer_.clear();
  taken_ = 0;
  scanned_ = 0;
  inside_overlong_ = false;
}

}  // namespace smtpspec::smtp
