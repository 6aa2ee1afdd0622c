// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "result/model.hpp"

namespace smtpspec::report {

/// A run made by hand for the tests of the reporters: every verdict, hostile bytes in every text that a
/// target can reach, two sessions, delivered mail, a requirement nobody knows.
result::Run example_run();

/// What a target may send to act on a terminal, an XML, HTML or Markdown reader, or the eye.
std::string hostile_bytes();

}  // namespace smtpspec::report
