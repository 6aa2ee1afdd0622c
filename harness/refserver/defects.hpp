// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::refserver {

struct Configuration;

/// One way in which the server can be broken, to prove that scenarios can fail. A row of the table in
/// defects.cpp: it turns knobs of the configuration; the server never asks for a defect by its name.
struct Defect {
  std::string_view name;         ///< words with dashes; never changes its meaning
  std::string_view description;  ///< what the server then does wrong, in one line
  void (*apply)(Configuration& configuration);
  bool kills = false;  ///< ends the whole process: to be served by a child process alone
};

/// All of them, in the order of the table.
const std::vector<Defect>& every_defect();

/// Null when there is none of that name.
const Defect* find_defect(std::string_view name);

/// The names, for messages and the nearest word.
std::vector<std::string> defect_names();

}  // namespace smtpspec::refserver
