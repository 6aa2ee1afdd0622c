// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::scenario {

/// A variable that every scenario has, or all in loops.
struct Variable {
  std::string_view name;
  std::string_view meaning;
};

/// Those with a name of their own; `ehlo.KEYWORD` and captures come on top.
const std::vector<Variable>& known_variables();

bool is_known_variable(std::string_view name);
std::vector<std::string> known_variable_names();

}  // namespace smtpspec::scenario
