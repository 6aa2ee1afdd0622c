// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/decision.hpp"
#include "result/model.hpp"

namespace smtpspec::report {

/// One page about one run, in one file: no network access, no script. Every case by section with verdict and
/// outcome; those that are red or missed a SHOULD open to the whole dialogue. A run of `smtpspec interop` has
/// a page of its own (interop_html.hpp).
std::string html(const result::Run& run, const gate::Decision& decision);

}  // namespace smtpspec::report
