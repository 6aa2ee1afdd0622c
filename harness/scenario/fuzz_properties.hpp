// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/diagnostic.hpp"
#include "scenario/lint.hpp"
#include "scenario/loader.hpp"

namespace smtpspec::scenario::fuzz {

/// What must hold of the loader whatever a file says: it ends, what is wrong is told with a place inside the
/// file, and what loads can be linted. Null when it holds, else what is broken.
inline const char* break_loader(std::string_view input) {
  const auto file = load_text(std::string(input), "fuzz.toml", "fuzz");
  for (const auto& problem : file.problems()) {
    if (problem.message.empty()) return "a problem says nothing";
    if (base::format(problem).back() != '\n') return "a problem is not shown as lines";
  }
  if (!file) return file.problems().empty() ? "neither a value nor a problem" : nullptr;
  Suite suite;
  suite.cases = file->cases;
  suite.remarks = file->remarks;
  for (const auto& scenario : suite.cases) {
    if (!scenario.id.starts_with("fuzz/")) return "a case has no id";
    if (scenario.source_lines.empty()) return "a case does not know its lines";
  }
  base::format(lint(suite, Catalogue()));
  return nullptr;
}

}  // namespace smtpspec::scenario::fuzz
