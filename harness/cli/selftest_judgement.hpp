// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cli/caught_table.hpp"
#include "scenario/catalogue.hpp"
#include "scenario/model.hpp"

namespace smtpspec::cli {

/// One way to run the embedded server: correct with some extension off, or with one defect.
struct SelftestConfiguration {
  std::string defect;
  std::string without;

  std::string name() const {
    return !defect.empty() ? defect : without.empty() ? "correct" : "without " + without;
  }
};

/// What came of one run of the suite.
struct SelftestOutcome {
  SelftestConfiguration configuration;
  std::string problem;            ///< why it could not be run
  std::set<std::string> unclean;  ///< ids of cases that are neither pass, info nor unsupported
  std::set<std::string> failed;   ///< those of them that are warn, fail or crash
};

/// The cases that failed under each defect.
CaughtTable caught_by(const std::vector<SelftestOutcome>& outcomes);

/// What is wrong with single runs: the correct server is not clean, a defect that nobody catches and that is
/// not listed as unseen, a listed one that is caught.
std::vector<std::string> complaints_of_runs(const std::vector<SelftestOutcome>& outcomes,
                                            const CaughtTable& unseen);

/// What is wrong with the suite as a whole: a scenario that can fail and that no defect makes fail, without
/// an excuse; an excuse that is none any more.
std::vector<std::string> complaints_of_suite(const CaughtTable& caught, const CaughtTable& excused,
                                             const std::vector<const scenario::Case*>& cases,
                                             const scenario::Catalogue& catalogue);

/// What is wrong with the table on file: a defect that is not in it or not there any more, or that none of
/// the cases noted there catches now. Which cases more do so may differ from run to run where a defect is one
/// of time.
std::vector<std::string> complaints_of_table(const CaughtTable& caught, const CaughtTable& on_file);

}  // namespace smtpspec::cli
