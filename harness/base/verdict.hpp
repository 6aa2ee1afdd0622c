// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace smtpspec::base {

/// What an outcome means for conformance. Ordered from the best to the worst, so that the worse of two is the
/// larger.
enum class Verdict {
  pass,         ///< every assertion held
  info,         ///< the RFC leaves it open; the outcome is recorded
  unsupported,  ///< the target proved that it does not offer what the scenario needs
  warn,         ///< a SHOULD was not followed, or the right class with another code
  fail,         ///< a MUST or a plain statement of the RFC was broken
  blocked,      ///< could not be judged: prelude failed, rate limit, not run
  crash,        ///< the target died or stopped accepting connections
  error,        ///< our side: scenario bug, harness fault
};

/// The word of reports and expectation files.
std::string_view to_string(Verdict verdict);

/// The verdict of a word; nothing when it is none.
std::optional<Verdict> parse_verdict(std::string_view word);

}  // namespace smtpspec::base
