// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostic.hpp"

#include <fmt/format.h>

#include "base/display.hpp"

namespace smtpspec::base {
namespace {

std::string format_place(const SourcePosition& at) {
  if (at.line == 0) return at.file;
  if (at.column == 0) return fmt::format("{}:{}", at.file, at.line);
  return fmt::format("{}:{}:{}", at.file, at.line, at.column);
}

// The caret is placed by what is shown left of it, so that a tab or a control byte does not shift it.
std::string format_excerpt(const Diagnostic& diagnostic) {
  const auto before = diagnostic.source_line.substr(0, diagnostic.position.column - 1);
  return fmt::format("{:>5} | {}\n      | {:>{}}\n", diagnostic.position.line,
                     show_source(diagnostic.source_line), '^', display_width(show_source(before)) + 1);
}

}  // namespace

std::string format(const Diagnostic& diagnostic) {
  std::string text = fmt::format("{}: {}\n", format_place(diagnostic.position), diagnostic.message);
  if (!diagnostic.source_line.empty() && diagnostic.position.column > 0) text += format_excerpt(diagnostic);
  if (!diagnostic.hint.empty()) text += fmt::format("      = help: {}\n", diagnostic.hint);
  return text;
}

std::string format(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics) text += format(diagnostic);
  return text;
}

}  // namespace smtpspec::base
