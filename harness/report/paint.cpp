// SPDX-License-Identifier: Apache-2.0
#include "report/paint.hpp"

#include <fmt/format.h>

namespace smtpspec::report {
namespace {

using base::Verdict;

const char* code(Colour colour) {
  switch (colour) {
    case Colour::red:
      return "31";
    case Colour::green:
      return "32";
    case Colour::yellow:
      return "33";
    case Colour::cyan:
      return "36";
    case Colour::bold:
      return "1";
    case Colour::dim:
      return "2";
  }
  return "0";
}

}  // namespace

std::string Paint::operator()(Colour colour, std::string_view text) const {
  if (!colour_) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code(colour), text);
}

Colour colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return Colour::green;
    case Verdict::info:
      return Colour::cyan;
    case Verdict::unsupported:
      return Colour::dim;
    case Verdict::warn:
      return Colour::yellow;
    default:
      return Colour::red;
  }
}

std::string_view glyph(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "✓";
    case Verdict::info:
      return "○";
    case Verdict::unsupported:
      return "–";
    case Verdict::warn:
      return "!";
    case Verdict::fail:
      return "✗";
    case Verdict::blocked:
      return "□";
    case Verdict::crash:
      return "†";
    case Verdict::error:
      return "?";
  }
  return "?";
}

}  // namespace smtpspec::report
