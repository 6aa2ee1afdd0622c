// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/evidence.hpp"
#include "result/model.hpp"
#include "scenario/catalogue.hpp"

namespace smtpspec::interop {

/// What became of it and whose doing that is, as a case's verdict, outcome, findings and requirements. The
/// sender is judged by what it sent, the receiver by what it delivered of what had come over the wire.
void judge(const Evidence& evidence, const scenario::Catalogue::Map& requirements,
           result::CaseResult& result);

}  // namespace smtpspec::interop
