// SPDX-License-Identifier: Apache-2.0
#include "scenario/manual.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenario/functions.hpp"
#include "scenario/step_table.hpp"
#include "scenario/variables.hpp"

namespace smtpspec::scenario {
namespace {

// A bar would end the cell.
std::string cell(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    if (c == '|') shown += '\\';
    shown += c;
  }
  return shown;
}

std::string value_of(const Key& key) {
  if (key.shape != Shape::word) return cell(describe(key.shape));
  std::vector<std::string> words;
  for (const auto& word : words_of(key)) words.push_back(fmt::format("`{}`", word));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string row_of(const Key& key) {
  return fmt::format("| `{}`{} | {} | {} |\n", key.name, key.required ? " (needed)" : "", value_of(key),
                     cell(key.meaning));
}

std::string table_of(std::string_view title, std::string_view lead, const Keys& keys) {
  auto text = fmt::format("\n## {}\n\n{}{}| key | value | meaning |\n|---|---|---|\n", title, lead,
                          lead.empty() ? "" : "\n\n");
  for (const auto& key : keys) text += row_of(key);
  return text;
}

std::string notes_of(const StepKind& kind) {
  std::vector<std::string> notes;
  if (!kind.answered) notes.emplace_back("has no answer");
  if (kind.in_group) notes.emplace_back("may stand in a group");
  return fmt::format("{}", fmt::join(notes, ", "));
}

// The keys of `open` are those of a prelude, told once.
std::string extras_of(const StepKind& kind) {
  if (kind.key.name == "open") return "those of a prelude";
  std::vector<std::string> words;
  for (const auto& extra : kind.extras) words.push_back(fmt::format("`{}`", extra.name));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string actions() {
  std::string text =
      "\n## Steps: the action\n\nA step has at most one.\n\n| action | value | meaning | with | "
      "|\n|---|---|---|---|---|\n";
  Keys extras;
  for (const auto& kind : step_kinds()) {
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", kind.key.name, value_of(kind.key),
                        cell(kind.key.meaning), extras_of(kind), notes_of(kind));
    if (kind.key.name == "open") continue;
    for (const auto& extra : kind.extras) {
      const auto same = [&extra](const Key& key) { return key.name == extra.name; };
      if (std::none_of(extras.begin(), extras.end(), same)) extras.push_back(extra);
    }
  }
  return text + table_of("Steps: keys that go with some actions", "", extras);
}

std::string variables() {
  std::string text = "\n## Variables\n\n| variable | meaning |\n|---|---|\n";
  for (const auto& known : known_variables())
    text += fmt::format("| `{{{}}}` | {} |\n", known.name, known.meaning);
  text += "| `{ehlo.KEYWORD}` | parameters of that line of the last EHLO answer |\n";
  text += "\n## Functions\n\n| function | gives |\n|---|---|\n";
  for (const auto& function : functions())
    text += fmt::format("| `{{{}}}` | {} |\n", function.usage, function.meaning);
  return text;
}

}  // namespace

std::string scenario_manual() {
  std::string text =
      "# Keys of a scenario file\n\nMade from the table that the loader and the JSON schema use. The "
      "language is told by "
      "example in `scenarios/README.md`.\n\nIn a scenario with `each`, `\"{column}\"` may stand for any "
      "value: the row's value "
      "is put in as it is.\n";
  text += table_of("The file", "", file_keys());
  text += table_of("A scenario", "It has the keys of a prelude too.", scenario_keys());
  text += table_of("The prelude",
                   "What the harness says before the first step; the same for a session that `open` opens.",
                   prelude_keys());
  text += table_of("A row of `each`", "Every other key is a column.", row_keys());
  text += table_of("A rule of your own", "", rule_keys());
  text += actions();
  text += table_of("Steps: the answer", "A step has at most one.", answer_keys());
  text += table_of("Steps: modifiers", "", modifier_keys());
  text += table_of("Conditions", "Of `expect = {...}` and of an alternative. All that are written must hold.",
                   condition_keys());
  text += table_of("Expectations", "Besides the conditions.", expectation_keys());
  text += table_of("Alternatives", "Besides the conditions.", alternative_keys());
  text += table_of("Delivered mail", "", delivered_keys());
  text += table_of("`auth` as a table", "", auth_keys());
  return text + variables();
}

}  // namespace smtpspec::scenario
