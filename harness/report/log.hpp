// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gate/decision.hpp"
#include "result/model.hpp"

/// What a run prints on standard output, for a person or for a CI system's log.
namespace smtpspec::report {

enum class LogFormat { console, plain, github, gitlab };
std::optional<LogFormat> parse_log_format(std::string_view word);

struct LogOptions {
  LogFormat format = LogFormat::console;
  bool colour = false;
  bool verbose = false;
  std::string secret;          ///< for github: a word that a target can't guess
  std::int64_t unix_time = 0;  ///< for gitlab, in seconds
};

/// For GitHub: annotations, then the console's text with workflow commands switched off, since a server may
/// write `::error::` into its log. For GitLab: the console's text in a section that is folded away, then the
/// worst cases, a line each. The last line is always the console's.
std::string log_text(const result::Run& run, const gate::Decision& decision, const LogOptions& options);

}  // namespace smtpspec::report
