// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "scenario/read_parts.hpp"

namespace smtpspec::scenario {
namespace {

const TableShape& delivered_shape() {
  static const TableShape shape("a delivered table", {&delivered_keys()});
  return shape;
}

const std::vector<std::string> mailboxes{
    "",      "second",       "third",       "fourth",       "fifth",
    "relay", "relay.second", "relay.third", "relay.fourth", "relay.fifth"};

// Recipients of `recipient_count` have numbers: relay.101 is the last of so many.
bool is_numbered(std::string_view to) {
  constexpr std::string_view relay = "relay.";
  if (!to.starts_with(relay)) return false;
  const auto number = Bounds::parse(to.substr(relay.size()));
  return number && number->at_least == number->at_most && number->at_least > 0;
}

std::string read_mailbox(const TableReader& table) {
  auto to = table.text("to");
  if (std::find(mailboxes.begin(), mailboxes.end(), to) == mailboxes.end() && !is_numbered(to)) {
    table.problem("to", fmt::format("a case has no mailbox called '{}'", to),
                  did_you_mean(to, mailboxes) +
                      "they are \"\", second, third, fourth, fifth, and relay, relay.second, ..., relay.101");
  }
  return to;
}

void read_header(const TableReader& table, DeliveredCheck& check) {
  const auto* header = table.get("header");
  if (!header) return;
  for (const auto& [name, value] : *table.reading().resolve(*header).as_table()) {
    if (has_shape(table.reading(), value, Shape::regex)) {
      check.header.emplace(std::string(name.str()), table.reading().regex(value));
    } else {
      table.reading().problem(value,
                              fmt::format("'{}' must be a string, not {}", name.str(), describe(value)));
    }
  }
}

}  // namespace

DeliveredCheck read_delivered(Reading& reading, const toml::node& node) {
  const TableReader table(reading, *reading.resolve(node).as_table(), delivered_shape());
  DeliveredCheck check;
  check.position = table.position();
  check.to = read_mailbox(table);
  check.count = table.bounds("count");
  if (!check.count && !table.has("count")) check.count = Bounds::parse("1");
  if (table.get("body")) check.body = table.octet_list("body");
  if (table.get("bytes")) {
    check.bytes.emplace();
    for (const auto& part : table.octet_list("bytes")) check.bytes->append(part);
  }
  check.contains = table.octet_list("contains");
  check.lacks = table.octet_list("lacks");
  check.whole = table.flag("whole").value_or(false);
  read_header(table, check);
  check.no_header = table.texts("no_header");
  check.return_path = table.octets("return_path");
  check.covers = table.texts("covers");
  check.otherwise = read_verdict(table, "otherwise", base::Verdict::fail);
  check.outcome = table.text("outcome");
  return check;
}

std::vector<DeliveredCheck> read_deliveries(Reading& reading, const toml::node& value) {
  const auto& resolved = reading.resolve(value);
  std::vector<DeliveredCheck> checks;
  if (const auto* list = resolved.as_array()) {
    for (const auto& item : *list) checks.push_back(read_delivered(reading, item));
  } else {
    checks.push_back(read_delivered(reading, value));
  }
  return checks;
}

}  // namespace smtpspec::scenario
