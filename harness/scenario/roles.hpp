// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scenario/read_parts.hpp"

namespace smtpspec::scenario {

/// `role` and `offers` of a scenario, and what follows from the role: which session a step without `session`
/// means, and which steps and keys have a meaning at all. Internal to the loader; what is wrong is reported.
void read_role(const TableReader& table, Case& scenario);

/// Names the sessions of steps that name none. After the steps were read.
void name_sessions(Case& scenario);

/// Steps of a role that the scenario does not have.
void check_role(Reading& reading, const Case& scenario);

}  // namespace smtpspec::scenario
