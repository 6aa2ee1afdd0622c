// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/verdict.hpp"

namespace smtpspec::report {

enum class Colour { red, green, yellow, cyan, bold, dim };

/// Colours text for a terminal, or leaves it alone.
class Paint {
 public:
  explicit Paint(bool colour = false) : colour_(colour) {}
  std::string operator()(Colour colour, std::string_view text) const;

 private:
  bool colour_;
};

/// The colour of a verdict; what it means never hangs on the colour alone.
Colour colour_of(base::Verdict verdict);

/// A sign for a verdict, told apart by its shape.
std::string_view glyph(base::Verdict verdict);

}  // namespace smtpspec::report
