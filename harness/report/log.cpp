// SPDX-License-Identifier: Apache-2.0
#include "report/log.hpp"

#include <fmt/format.h>

#include "report/annotations.hpp"
#include "report/console.hpp"

namespace smtpspec::report {
namespace {

// https://docs.github.com/actions: stop-commands holds until the word comes again.
std::string github(const result::Run& run, const gate::Decision& decision, const LogOptions& options) {
  const auto text = console(run, decision, {false, false, options.verbose});
  const auto last = summary_line(run, decision) + "\n";
  return fmt::format("{}::stop-commands::{}\n{}::{}::\n{}", github_annotations(run, decision), options.secret,
                     text.substr(0, text.size() - last.size()), options.secret, last);
}

// https://docs.gitlab.com/ee/ci/jobs: a section begins and ends with a line of its own.
std::string gitlab(const result::Run& run, const gate::Decision& decision, const LogOptions& options) {
  constexpr std::string_view name = "smtpspec_details";
  const auto text = console(run, decision, {options.colour, false, options.verbose});
  return fmt::format(
      "\x1b[0Ksection_start:{0}:{1}[collapsed=true]\r\x1b[0Ksmtpspec, all details\n{2}"
      "\x1b[0Ksection_end:{0}:{1}\r\x1b[0K\n{3}{4}\n",
      options.unix_time, name, text, plain_annotations(run, decision, options.colour),
      summary_line(run, decision));
}

}  // namespace

std::optional<LogFormat> parse_log_format(std::string_view word) {
  if (word == "console") return LogFormat::console;
  if (word == "plain") return LogFormat::plain;
  if (word == "github") return LogFormat::github;
  if (word == "gitlab") return LogFormat::gitlab;
  return std::nullopt;
}

std::string log_text(const result::Run& run, const gate::Decision& decision, const LogOptions& options) {
  switch (options.format) {
    case LogFormat::github:
      return github(run, decision, options);
    case LogFormat::gitlab:
      return gitlab(run, decision, options);
    case LogFormat::plain:
      return console(run, decision, {false, true, options.verbose});
    case LogFormat::console:
      break;
  }
  return console(run, decision, {options.colour, false, options.verbose});
}

}  // namespace smtpspec::report
