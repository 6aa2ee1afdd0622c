// SPDX-License-Identifier: Apache-2.0
#include "engine/run_facts.hpp"

#include <ctime>
#include <random>
#include <set>

#include <fmt/chrono.h>

namespace smtpspec::engine {

std::vector<base::Requirement> named_requirements(const scenario::Catalogue& catalogue,
                                                  const std::vector<result::CaseResult>& results) {
  std::set<std::string> ids;
  for (const auto& one : results) {
    ids.insert(one.covers.begin(), one.covers.end());
    for (const auto& verdict : one.requirement_verdicts) ids.insert(verdict.requirement);
  }
  std::vector<base::Requirement> requirements;
  for (const auto& id : ids) {
    if (const auto* known = catalogue.find(id)) requirements.push_back(*known);
  }
  return requirements;
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::uint64_t fresh_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) ^ device();
}

}  // namespace smtpspec::engine
