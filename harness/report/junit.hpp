// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/decision.hpp"
#include "result/model.hpp"

/// JUnit XML as the readers take it that people use: testsuites/testsuite/testcase,
/// reports/schemas/junit.xsd.
namespace smtpspec::report {

struct JunitOptions {
  bool file_and_line = false;  ///< attributes that GitLab reads and the widely copied XSDs forbid
};

std::string junit(const result::Run& run, const gate::Decision& decision, const JunitOptions& options = {});

/// `target.rfc5321.s4_5_2`: how a case stands in a reader's tree.
std::string junit_classname(const result::TargetFacts& target, const result::CaseResult& result);

}  // namespace smtpspec::report
