// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/decision.hpp"
#include "result/model.hpp"

namespace smtpspec::report {

/// The page of a run of `smtpspec interop`, in one file: senders down, receivers across. A cell leads to its
/// pair, a message there opens to the difference in octets and both dialogues side by side. Without scripts
/// the matrix, all outcomes, and everything about what is not clean; the rest is packed.
std::string interop_html(const result::Run& run, const gate::Decision& decision);

}  // namespace smtpspec::report
