// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/expression.hpp"

namespace smtpspec::scenario {

/// A function that may stand in an expression.
struct Function {
  std::string_view name;
  std::size_t least_arguments;
  std::size_t most_arguments;
  std::string_view usage;  ///< "fill(n, text)", for messages and the manual
  std::string_view meaning;
  Evaluated (*call)(const std::vector<Value>& arguments);  ///< null: a variable of that name is asked for
};

const std::vector<Function>& functions();

/// Null when there is none.
const Function* find_function(std::string_view name);

}  // namespace smtpspec::scenario
