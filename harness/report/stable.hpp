// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "result/model.hpp"

namespace smtpspec::report {

/// The run with place-holders for what differs between two runs of the same thing: times, dates, ports,
/// tokens, queue and message ids, process ids, temporary folders, challenges of AUTH. Received bytes that
/// came in several pieces are joined. For diffs between runs; not what was said on the wire.
result::Run stable(result::Run run);

}  // namespace smtpspec::report
