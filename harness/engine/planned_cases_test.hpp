// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/played_case_test.hpp"
#include "engine/schedule.hpp"

namespace smtpspec::engine {

inline std::string scenario_with(const std::string& id, const std::string& lines) {
  return "[[scenario]]\nid = \"" + id + "\"\ntitle = \"" + id + "\"\ncovers = [\"MUST-1\"]\n" + lines + "\n";
}

/// A scenario whose command is its own id.
inline std::string says(const std::string& id, const std::string& more = "") {
  return scenario_with(id, more + "\nsteps = [ { send = '" + id + "', expect = 250 } ]");
}

/// Several cases, and how they are to be played.
class PlannedCasesTest : public PlayedCaseTest {
 protected:
  void plan(const std::string& text) {
    cases = cases_of(text);
    for (const auto& each : cases) planned.push_back(&each);
  }

  std::vector<scenario::Case> cases;
  std::vector<const scenario::Case*> planned;
  ScheduleOptions options;
};

}  // namespace smtpspec::engine
