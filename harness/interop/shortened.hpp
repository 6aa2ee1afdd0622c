// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/transcript.hpp"

namespace smtpspec::interop {

/// A dialogue in which no run of octets is longer than what somebody reads: of a longer one the beginning and
/// the end stay, and a note between them says how much is not shown. Two thousand dialogues go into a page.
void shorten(std::vector<base::TranscriptEvent>& events);

/// The same for a message.
std::string shortened(std::string octets);

}  // namespace smtpspec::interop
