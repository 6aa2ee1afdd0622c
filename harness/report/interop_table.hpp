// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "result/model.hpp"

namespace smtpspec::report {

/// The matrix of a run of `smtpspec interop` as lines of text, senders down and receivers across; the head of
/// what is printed.
std::string interop_table(const result::Run& run);

}  // namespace smtpspec::report
