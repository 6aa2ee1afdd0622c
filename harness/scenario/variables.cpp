// SPDX-License-Identifier: Apache-2.0
#include "scenario/variables.hpp"

#include <algorithm>

namespace smtpspec::scenario {

const std::vector<Variable>& known_variables() {
  static const std::vector<Variable> table{
      {"token", "a word of this case alone"},
      {"mailbox", "an accepted address of this case alone"},
      {"second.mailbox", "another one"},
      {"third.mailbox", "another one"},
      {"fourth.mailbox", "another one"},
      {"fifth.mailbox", "another one"},
      {"local_part", "what stands before the @ of `mailbox`"},
      {"domain", "the domain for which the target accepts mail"},
      {"sender", "the reverse-path that preludes use"},
      {"rejected", "an address that the target refuses"},
      {"relay.mailbox", "an address elsewhere that the target relays to"},
      {"relay.second.mailbox", "another one"},
      {"relay.third.mailbox", "another one"},
      {"relay.fourth.mailbox", "another one"},
      {"relay.fifth.mailbox", "another one"},
      {"relay.domain", "the domain of these addresses"},
      {"client.name", "what the harness calls itself in EHLO"},
      {"user", "user name of the target's credentials"},
      {"password", "password of the target's credentials"},
      {"begin", "first sentinel line around content"},
      {"end", "last sentinel line around content"},
      {"target.end_of_data", "milliseconds that the target may take to answer content"},
      {"i", "in a loop, how often it has begun, from 1"},
      {"recipient", "in a loop over accepted recipients, the address"},
  };
  return table;
}

bool is_known_variable(std::string_view name) {
  const auto& table = known_variables();
  return std::any_of(table.begin(), table.end(),
                     [name](const Variable& known) { return known.name == name; });
}

std::vector<std::string> known_variable_names() {
  std::vector<std::string> names;
  for (const auto& known : known_variables()) names.emplace_back(known.name);
  return names;
}

}  // namespace smtpspec::scenario
