// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/decision.hpp"
#include "result/model.hpp"

/// What a person reads in a terminal.
namespace smtpspec::report {

struct ConsoleOptions {
  bool colour = false;   ///< see wants_colour()
  bool plain = false;    ///< `--format plain`: ASCII only, words instead of glyphs, no colour
  bool verbose = false;  ///< `-v`: every case, with its whole dialogues
};

/// The whole report: a block for every case that is red or has a missed SHOULD, the count of each verdict,
/// and one last line that stays the same shape for ever: `smtpspec: 4 cases: 1 pass, 1 warn, 2 fail, 0 info,
/// 0 unsupported, 0 blocked, 0 crash, 0 error: red`.
std::string console(const result::Run& run, const gate::Decision& decision, const ConsoleOptions& options);

/// The last line alone, without its newline.
std::string summary_line(const result::Run& run, const gate::Decision& decision);

}  // namespace smtpspec::report
