// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenario/read_parts.hpp"

namespace smtpspec::scenario {
namespace {

bool owns(const StepKind& kind, std::string_view key) {
  return std::any_of(kind.extras.begin(), kind.extras.end(),
                     [key](const Key& extra) { return extra.name == key; });
}

// The actions that a table names. `auth` beside `open` is no action but a key of it.
std::vector<const StepKind*> kinds_in(const toml::table& table) {
  std::vector<const StepKind*> found;
  for (const auto& kind : step_kinds()) {
    if (table.contains(kind.key.name)) found.push_back(&kind);
  }
  const auto all = found;
  std::erase_if(found, [&all](const StepKind* kind) {
    return std::any_of(all.begin(), all.end(),
                       [kind](const StepKind* other) { return owns(*other, kind->key.name); });
  });
  return found;
}

// What a step of this kind may have; of an unknown kind: every action, so that a typing error finds its
// neighbour.
TableShape make_shape(const StepKind* kind) {
  TableShape shape(kind ? fmt::format("a step with '{}'", kind->key.name) : "a step", {});
  for (const auto& known : step_kinds()) {
    if (!kind || kind == &known) shape.keys.push_back(&known.key);
  }
  if (kind) {
    for (const auto& extra : kind->extras) shape.keys.push_back(&extra);
  }
  if (!kind || kind->answered) {
    for (const auto& key : answer_keys()) shape.keys.push_back(&key);
  }
  for (const auto& key : modifier_keys()) shape.keys.push_back(&key);
  return shape;
}

const TableShape& step_shape(const StepKind* kind) {
  static const auto shapes = [] {
    std::map<const StepKind*, TableShape> made;
    made.emplace(nullptr, make_shape(nullptr));
    for (const auto& known : step_kinds()) made.emplace(&known, make_shape(&known));
    return made;
  }();
  return shapes.at(kind);
}

void read_captures(const TableReader& table, Step& step) {
  const auto* value = table.get("capture");
  if (!value) return;
  auto& reading = table.reading();
  for (const auto& [name, pattern] : *reading.resolve(*value).as_table()) {
    if (!is_variable_name(name.str())) {
      reading.problem(reading.document().position_of(name),
                      fmt::format("'{}' is no name for a variable", name.str()), "letters, digits and _");
    } else if (!has_shape(reading, pattern, Shape::regex)) {
      reading.problem(pattern, fmt::format("'{}' must be a string, not {}", name.str(), describe(pattern)));
    } else {
      step.capture.emplace(std::string(name.str()), reading.regex(pattern));
    }
  }
}

// Keys that say nothing without an answer, or nothing beside alternatives.
void check_modifiers(const TableReader& table, const Step& step) {
  const bool none = std::holds_alternative<std::monostate>(step.answer);
  for (const auto* key : {"as", "capture"}) {
    if (none && table.get(key))
      table.problem(key, fmt::format("'{}' needs an answer", key), "add 'expect' or 'one_of'");
  }
  if (!std::holds_alternative<Expectation>(step.answer) && table.get("outcome")) {
    table.problem("outcome", "'outcome' belongs to an 'expect'", "an alternative of 'one_of' has its own");
  }
}

void check_place(const TableReader& table, const StepKind* kind, StepPlace place) {
  if (place != StepPlace::group) return;
  if (!kind || !kind->in_group) {
    table.reading().problem(table.table(), "in a group only what sends may stand",
                            "one of send, send_raw, message, bdat");
  }
  for (const auto* key : {"session", "split", "gap"}) {
    if (table.has(key))
      table.problem(key, fmt::format("'{}' can't stand inside a group: all goes out at once", key));
  }
}

void report_several(Reading& reading, const toml::table& table, const std::vector<const StepKind*>& kinds) {
  std::vector<std::string_view> words;
  for (const auto* kind : kinds) words.push_back(kind->key.name);
  reading.problem(table, fmt::format("a step has one action, and here are {}", fmt::join(words, " and ")),
                  "make a step of each");
}

void check_flag_action(const TableReader& table, const StepKind& kind) {
  if (kind.needs_value && table.flag(kind.key.name) == false) {
    table.problem(kind.key.name, fmt::format("'{}' can only be true", kind.key.name), "leave the step out");
  }
}

Step read_step(Reading& reading, const toml::node& node, StepPlace place) {
  const auto& written = *reading.resolve(node).as_table();
  const auto kinds = kinds_in(written);
  Step step;
  if (kinds.size() > 1) {
    report_several(reading, written, kinds);
    return step;
  }
  const auto* kind = kinds.empty() ? nullptr : kinds.front();
  const TableReader table(reading, written, step_shape(kind));
  step.position = table.position();
  step.session = table.text("session");
  if (kind) {
    step.word = kind->key.name;
    check_flag_action(table, *kind);
    step.action = read_action(table, step.word);
  }
  if (!kind || kind->answered) step.answer = read_answer(table);
  step.within = table.duration("within");
  step.covers = table.texts("covers");
  step.label = table.text("as");
  step.outcome = table.text("outcome");
  read_captures(table, step);
  check_modifiers(table, step);
  check_place(table, kind, place);
  if (!kind && !table.has("expect") && !table.has("one_of")) {
    reading.problem(written, "this step does nothing",
                    "give it an action (send, ...) or an answer (expect, one_of)");
  }
  return step;
}

}  // namespace

std::vector<Step> read_steps(Reading& reading, const toml::node& list, StepPlace place) {
  std::vector<Step> steps;
  const auto& items = *reading.resolve(list).as_array();
  if (items.empty()) reading.problem(list, "this list of steps is empty", "write at least one step");
  steps.reserve(items.size());
  for (const auto& item : items) steps.push_back(read_step(reading, item, place));
  return steps;
}

}  // namespace smtpspec::scenario
