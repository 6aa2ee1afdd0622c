// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "scenario/read_parts.hpp"

namespace smtpspec::scenario {
namespace {

const TableShape& expectation_shape() {
  static const TableShape shape("an expectation", {&condition_keys(), &expectation_keys()});
  return shape;
}

const TableShape& alternative_shape() {
  static const TableShape shape("an alternative", {&condition_keys(), &alternative_keys()});
  return shape;
}

std::optional<ReplyPattern> parse_code(Reading& reading, const toml::node& node) {
  const auto text = reading.text(node);
  auto pattern = ReplyPattern::parse(text);
  if (!pattern) {
    reading.problem(reading.resolve(node), fmt::format("'{}' is no reply code", text),
                    "write it like 250, \"2xx\", \"x0x\" or \"4xx|5xx\"");
  }
  return pattern;
}

// One code, or a list of which any will do.
std::optional<ReplyPattern> read_code(Reading& reading, const toml::node& node) {
  const auto* list = reading.resolve(node).as_array();
  if (!list) return parse_code(reading, node);
  std::string joined;
  for (const auto& item : *list) {
    const auto one = parse_code(reading, item);
    if (!one) return std::nullopt;
    joined += (joined.empty() ? "" : "|") + one->text;
  }
  if (joined.empty()) reading.problem(node, "this list of codes is empty", "name the codes that may come");
  return ReplyPattern::parse(joined);
}

void read_replies(const TableReader& table, Condition& condition) {
  const auto* value = table.get("replies");
  if (!value) return;
  auto& reading = table.reading();
  const auto* list = reading.resolve(*value).as_array();
  if (!list) {
    condition.reply_count = table.bounds("replies");
    return;
  }
  condition.replies.emplace();
  for (const auto& item : *list) {
    if (auto code = parse_code(reading, item)) condition.replies->push_back(std::move(*code));
  }
}

void read_exact(const TableReader& table, Condition& condition) {
  const bool exact = table.flag("exact").value_or(false);
  if (condition.reply) condition.reply->exact = exact;
  if (condition.replies) {
    for (auto& reply : *condition.replies) reply.exact = exact;
  }
  if (exact && !table.has("reply") && !table.has("replies")) {
    table.problem("exact", "'exact' needs a code beside it", "add 'reply'");
  }
}

void read_enhanced(const TableReader& table, Condition& condition) {
  if (!table.get("enhanced")) return;
  const auto written = table.text("enhanced");
  condition.enhanced = EnhancedPattern::parse(written);
  if (!condition.enhanced) {
    table.problem("enhanced", fmt::format("'{}' is no enhanced status code", written),
                  "write it like \"5.7.1\", \"5.7.x\" or \"none\"");
  }
}

std::optional<smtp::Ending> read_ending(const TableReader& table) {
  const auto word = table.text("ending");
  if (word.empty()) return std::nullopt;
  return word == "crlf" ? smtp::Ending::crlf : word == "lf" ? smtp::Ending::lf : smtp::Ending::cr;
}

void read_delivery(const TableReader& table, Condition& condition) {
  if (const auto* value = table.get("delivered"))
    condition.delivered = read_delivered(table.reading(), *value);
  if (!table.get("delivered_to")) return;
  if (condition.delivered) {
    table.problem("delivered_to", "'delivered' says it already", "keep one of the two");
    return;
  }
  condition.delivered.emplace();
  condition.delivered->position = table.position();
  condition.delivered->to = table.text("delivered_to");
  condition.delivered->count = Bounds::parse("1..");
}

// What the target, as a client, has sent.
void read_received(const TableReader& table, Condition& condition) {
  auto& reading = table.reading();
  if (const auto* value = table.get("command")) condition.command = reading.regex(*value);
  if (const auto* value = table.get("wire")) condition.wire = reading.regex(*value);
  if (const auto* value = table.get("wire_lacks")) condition.wire_lacks = reading.regex(*value);
  if (const auto* value = table.get("content")) condition.content = read_delivered(reading, *value);
  condition.taken = table.flag("taken");
  condition.queued = table.flag("queued");
}

Condition read_condition(const TableReader& table) {
  auto& reading = table.reading();
  Condition condition;
  if (const auto* value = table.get("reply")) condition.reply = read_code(reading, *value);
  read_enhanced(table, condition);
  if (const auto* value = table.get("keyword"))
    condition.keyword = reading.regex(*value, TextPattern::Letters::any_case);
  if (table.get("no_keyword")) condition.no_keyword = table.text("no_keyword");
  condition.lines = table.bounds("lines");
  if (const auto* value = table.get("text")) condition.text = reading.regex(*value);
  condition.ending = read_ending(table);
  condition.within = table.duration("within");
  condition.not_before = table.duration("not_before");
  condition.closed = table.flag("closed");
  condition.gone = table.flag("gone");
  condition.silence = table.flag("silence").value_or(false);
  read_replies(table, condition);
  condition.tls = table.flag("tls");
  read_delivery(table, condition);
  if (table.get("same_as")) condition.same_as = table.text("same_as");
  read_received(table, condition);
  read_exact(table, condition);
  if (condition.silence && (condition.reply || condition.replies)) {
    table.problem("silence", "a reply and silence can't both come", "make two alternatives of it");
  }
  return condition;
}

// `expect` in its short forms: a code, a list of codes, "close".
Condition short_condition(Reading& reading, const toml::node& node) {
  Condition condition;
  if (reading.resolve(node).is_string() && reading.text(node) == "close")
    condition.closed = true;
  else
    condition.reply = read_code(reading, node);
  return condition;
}

Expectation read_expectation(Reading& reading, const toml::node& node) {
  Expectation expectation;
  expectation.position = reading.position_of(node);
  const auto* conditions = reading.resolve(node).as_table();
  if (!conditions) {
    expectation.condition = short_condition(reading, node);
    return expectation;
  }
  const TableReader table(reading, *conditions, expectation_shape());
  expectation.condition = read_condition(table);
  expectation.otherwise = read_verdict(table, "otherwise", base::Verdict::fail);
  if (conditions->empty())
    reading.problem(*conditions, "this expects nothing", "name what must come: { reply = 250 }");
  return expectation;
}

Alternative read_alternative(Reading& reading, const toml::node& node) {
  const TableReader table(reading, *reading.resolve(node).as_table(), alternative_shape());
  Alternative alternative;
  alternative.position = table.position();
  alternative.when = read_condition(table);
  alternative.outcome = table.text("outcome");
  alternative.verdict = read_verdict(table, "verdict", base::Verdict::pass);
  alternative.covers = table.texts("covers");
  if (const auto* then = table.get("then")) alternative.then = read_steps(reading, *then);
  return alternative;
}

}  // namespace

base::Verdict read_verdict(const TableReader& table, std::string_view key, base::Verdict otherwise) {
  return base::parse_verdict(table.text(key)).value_or(otherwise);
}

Answer read_answer(const TableReader& step) {
  const auto* expect = step.get("expect");
  const auto* one_of = step.get("one_of");
  if (expect && one_of) step.problem("one_of", "a step has one answer", "keep 'expect' or 'one_of'");
  if (expect) return read_expectation(step.reading(), *expect);
  if (!one_of) return std::monostate{};
  OneOf alternatives;
  const auto& list = *step.reading().resolve(*one_of).as_array();
  if (list.empty()) step.problem("one_of", "this list of alternatives is empty", "name what may come");
  for (const auto& item : list) alternatives.push_back(read_alternative(step.reading(), item));
  return alternatives;
}

}  // namespace smtpspec::scenario
