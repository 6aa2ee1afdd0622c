// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/diagnostic.hpp"
#include "scenario/catalogue.hpp"
#include "scenario/suite.hpp"

namespace smtpspec::scenario {

/// What loads but can't be right: unknown requirements, scenarios that can't fail, escapes that would be sent
/// literally, unknown variables, unused columns, illegal groups, silence taken for an answer. In the order of
/// the suite; what the rows of one scenario share is said once.
std::vector<base::Diagnostic> lint(const Suite& suite, const Catalogue& catalogue);

/// The part of it that makes a suite unfit to run: requirement ids that the catalogue does not know.
std::vector<base::Diagnostic> unknown_requirements(const Suite& suite, const Catalogue& catalogue);

/// True when some answer of a target could give the case `warn` or `fail`; false for one that only records.
bool can_fail(const Case& scenario, const Catalogue& catalogue);

}  // namespace smtpspec::scenario
