// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "scenario/catalogue.hpp"
#include "scenario/model.hpp"

/// The checks that lint makes of one case, one file each. Internal to lint.
namespace smtpspec::scenario {

/// Collects what is said about one case, with the line of the scenario that it is about.
class Remarks {
 public:
  Remarks(const Case& scenario, std::vector<base::Diagnostic>& into) : scenario_(&scenario), into_(&into) {}

  void add(const base::SourcePosition& at, std::string message, std::string hint);

  /// Where a text stands in the scenario, at or below a line; the scenario's header when nowhere.
  base::SourcePosition find(std::string_view text, std::uint32_t from_line) const;

 private:
  const Case* scenario_;
  std::vector<base::Diagnostic>* into_;
};

/// Ids that the catalogue does not know.
void check_known_requirements(const Case& scenario, const Catalogue& catalogue, Remarks& remarks);

/// Why nothing that the target does can give warn or fail, nor leave a label behind; nothing when it can. A
/// scenario is wrong only when this is so in all its rows.
struct Idle {
  base::SourcePosition position;
  std::string message;
  std::string hint;
};
std::optional<Idle> why_idle(const Case& scenario, const Catalogue& catalogue, const Remarks& remarks);

/// `pass` for silence alone, and alternatives behind one that always matches.
void check_alternatives(const Case& scenario, Remarks& remarks);

/// Groups that RFC 2920 forbids and that don't say so, or the other way round.
void check_groups(const Case& scenario, Remarks& remarks);

/// Variables that nothing sets, and `{ehlo.X}` without `needs = ["X"]`.
void check_variables(const Case& scenario, Remarks& remarks);

/// Whether one of the requirements cited anywhere in a case binds the target in its role. Unknown ones count
/// as if they did.
bool cites_the_target(const Case& scenario, const Catalogue& catalogue);

/// True for a condition that holds whatever came.
bool always_holds(const Condition& condition);

}  // namespace smtpspec::scenario
