// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::sender {

struct Behaviour;

/// One way in which the sender can be broken, to prove that scenarios can fail. A row of the table in
/// defects.cpp: it turns knobs; the sender never asks for a defect by its name.
struct Defect {
  std::string_view name;         ///< words with dashes; never changes its meaning
  std::string_view description;  ///< what the sender then does wrong, in one line
  void (*apply)(Behaviour& behaviour);
};

/// All of them, in the order of the table.
const std::vector<Defect>& every_defect();

/// Null when there is none of that name.
const Defect* find_defect(std::string_view name);

/// The names, for messages and the nearest word.
std::vector<std::string> defect_names();

}  // namespace smtpspec::sender
