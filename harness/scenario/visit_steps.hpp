// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "scenario/model.hpp"

namespace smtpspec::scenario {

/// Calls `seen` for every step, outer before inner: those of groups, loops and alternatives too.
void visit_steps(const std::vector<Step>& steps, const std::function<void(const Step&)>& seen);

/// Calls `seen` for every condition of a step's own answer.
void visit_conditions(const Step& step, const std::function<void(const Condition&)>& seen);

/// Calls `seen` for every text of a scenario that is evaluated, and the place to point at.
void visit_templates(const Case& scenario,
                     const std::function<void(const Template&, const base::SourcePosition&)>& seen);

}  // namespace smtpspec::scenario
