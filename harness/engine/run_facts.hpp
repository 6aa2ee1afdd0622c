// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/requirement.hpp"
#include "result/model.hpp"
#include "scenario/catalogue.hpp"

namespace smtpspec::engine {

/// The requirements that the results name, as the catalogue has them.
std::vector<base::Requirement> named_requirements(const scenario::Catalogue& catalogue,
                                                  const std::vector<result::CaseResult>& results);

/// Now, in the form of RFC 3339.
std::string utc_now();

/// What keeps the tokens of two runs apart.
std::uint64_t fresh_seed();

}  // namespace smtpspec::engine
