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

const TableShape& auth_shape() {
  static const TableShape shape("an auth table", {&auth_keys()});
  return shape;
}

Template joined(const std::vector<Template>& parts, std::string_view behind_each) {
  Template all;
  for (const auto& part : parts) {
    all.append(part);
    all.append(Template::literal(std::string(behind_each)));
  }
  return all;
}

void remark_double_ending(const TableReader& step, const std::vector<Template>& lines) {
  for (const auto& line : lines) {
    const auto* text = line.if_literal();
    if (!text || !text->ends_with('\n')) continue;
    step.reading().remark(step.reading().position_of(*step.get("send")),
                          "this line has an ending of its own, and 'send' adds CRLF",
                          "leave the ending out, or use 'send_raw'");
  }
}

Send read_send(const TableReader& step) {
  const auto lines = step.octet_list("send");
  remark_double_ending(step, lines);
  return {joined(lines, "\r\n"), read_cut(step)};
}

Message read_message(const TableReader& step) {
  const auto* value = step.get("message");
  const bool lines = value && step.reading().resolve(*value).is_array();
  return {joined(step.octet_list("message"), lines ? "\r\n" : ""), read_cut(step)};
}

Bdat read_bdat(const TableReader& step) {
  Bdat bdat;
  bdat.chunk = joined(step.octet_list("bdat"), "");
  bdat.last = step.flag("last").value_or(false);
  bdat.declared = step.octets("declared");
  bdat.cut = read_cut(step);
  return bdat;
}

Group read_group(const TableReader& step) {
  Group group;
  if (const auto* steps = step.get("group"))
    group.steps = read_steps(step.reading(), *steps, StepPlace::group);
  group.illegal = step.flag("illegal").value_or(false);
  return group;
}

Auth read_auth(const TableReader& step) {
  Auth auth;
  const auto* value = step.get("auth");
  if (!value) return auth;
  const auto* details = step.reading().resolve(*value).as_table();
  if (!details) {
    auth.mechanism = step.text("auth");
    return auth;
  }
  const TableReader table(step.reading(), *details, auth_shape());
  auth.mechanism = table.text("mechanism");
  auth.user = table.octets("user");
  auth.password = table.octets("password");
  auth.corrupt = table.integer("corrupt");
  auth.initial_response = table.flag("initial_response").value_or(true);
  return auth;
}

Open read_open(const TableReader& step) {
  Open open;
  open.name = step.text("open");
  open.prelude = read_prelude(step);
  open.on = step.text("on");
  open.client = step.text("client");
  if (open.name.empty() && step.get("open"))
    step.problem("open", "a session needs a name", "the case's first one has none");
  return open;
}

Close read_close(const TableReader& step) {
  const auto word = step.text("close");
  const auto kind = word == "rst" ? Close::Kind::rst : word == "half" ? Close::Kind::half : Close::Kind::fin;
  if (kind != Close::Kind::half && (step.has("expect") || step.has("one_of"))) {
    step.problem("close", "behind this nothing can be read",
                 "only close = \"half\" leaves the other direction open");
  }
  return {kind};
}

Collect read_collect(const TableReader& step) {
  const auto* value = step.get("collect");
  if (!value) return {};
  const auto written = step.reading().text(*value);
  if (written == "until close") return {};
  const auto count = Bounds::parse(written);
  if (!count || count->at_least != count->at_most || count->at_least == 0) {
    step.problem("collect", fmt::format("'{}' is nothing to collect", written),
                 "write \"until close\" or a number");
    return {};
  }
  return {count->at_least};
}

Repeat read_repeat(const TableReader& step) {
  Repeat repeat;
  if (const auto* value = step.get("repeat")) {
    if (step.reading().text(*value) == "accepted recipients")
      repeat.over = Repeat::Over::accepted_recipients;
    else
      repeat.count = step.reading().octets(*value);
  }
  const auto* literal = repeat.count ? repeat.count->if_literal() : nullptr;
  const auto known = literal ? Bounds::parse(*literal) : std::nullopt;
  if (literal && (!known || known->at_least != known->at_most)) {
    step.problem("repeat", fmt::format("'{}' is no number", *literal),
                 "write a number, an expression, or \"accepted recipients\"");
  }
  if (const auto* steps = step.get("steps")) repeat.steps = read_steps(step.reading(), *steps);
  return repeat;
}

Action read_action(const TableReader& step, const std::string& word) {
  if (word == "send") return read_send(step);
  if (word == "send_raw") return Send{joined(step.octet_list("send_raw"), ""), read_cut(step)};
  if (word == "segments") return Segments{step.octet_list("segments"), step.duration("gap")};
  if (word == "group") return read_group(step);
  if (word == "message") return read_message(step);
  if (word == "bdat") return read_bdat(step);
  if (word == "starttls") return StartTls{};
  if (word == "handshake") return Handshake{};
  if (word == "auth") return read_auth(step);
  if (word == "open") return read_open(step);
  if (word == "close") return read_close(step);
  if (word == "pause") return Pause{step.duration("pause").value_or(Template::literal("0ms"))};
  if (word == "collect") return read_collect(step);
  if (word == "repeat") return read_repeat(step);
  const auto* check = step.get("delivered");
  return check ? Action(CheckDelivered{read_delivered(step.reading(), *check)}) : Action{};
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

Cut read_cut(const TableReader& step) {
  Cut cut;
  cut.gap = step.duration("gap");
  const auto* value = step.get("split");
  if (!value) {
    if (cut.gap)
      step.problem("gap", "'gap' needs a 'split' beside it", "say where to cut: split = \"every octet\"");
    return cut;
  }
  const auto& resolved = step.reading().resolve(*value);
  const auto* offsets = resolved.as_array();
  cut.kind = offsets ? Cut::Kind::at : Cut::Kind::every_byte;
  if (!offsets && step.reading().text(*value) != "every octet") {
    step.problem("split", fmt::format("'{}' is no way to cut", step.reading().text(*value)),
                 "write \"every octet\" or offsets like [3, -1]");
  }
  if (!offsets) return cut;
  for (const auto& item : *offsets) {
    const auto offset = step.reading().resolve(item).value<std::int64_t>().value_or(0);
    if (offset == 0)
      step.reading().problem(item, "a cut at 0 cuts nothing",
                             "offsets count from 1, or from the end when negative");
    cut.offsets.push_back(offset);
  }
  return cut;
}

std::vector<Step> read_steps(Reading& reading, const toml::node& list, StepPlace place) {
  std::vector<Step> steps;
  const auto& items = *reading.resolve(list).as_array();
  if (items.empty()) reading.problem(list, "this list of steps is empty", "write at least one step");
  steps.reserve(items.size());
  for (const auto& item : items) steps.push_back(read_step(reading, item, place));
  return steps;
}

}  // namespace smtpspec::scenario
