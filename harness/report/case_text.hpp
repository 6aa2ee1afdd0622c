// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/decision.hpp"
#include "report/paint.hpp"
#include "result/model.hpp"

/// The parts of a report that console, JUnit and Markdown have in common: plain text about one case,
/// everything in it escaped for display.
namespace smtpspec::report {

/// One sentence that says why the case is what it is.
std::string case_message(const result::CaseResult& result, const gate::CaseDecision& decision);

/// `file:line` of the main finding, or of the scenario.
std::string case_place(const result::CaseResult& result);

/// The command that runs this case again, on the same target.
std::string rerun_command(const result::Run& run, const result::CaseResult& result);

struct CaseTextOptions {
  bool dialogue = true;  ///< with dialogue, delivered mail and the server's log
  bool whole = false;    ///< all of them, not only the last lines
};

/// Everything about a case below its heading: message, place with a caret, expected and actual, requirements,
/// the other findings, dialogue, delivered mail, log, and the command to run it again. The first line is
/// case_message(), the second begins with case_place().
std::string case_text(const result::Run& run, const result::CaseResult& result,
                      const gate::CaseDecision& decision, const CaseTextOptions& options, const Paint& paint);

}  // namespace smtpspec::report
