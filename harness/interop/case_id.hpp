// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "interop/message.hpp"

namespace smtpspec::interop {

/// What a run of pairs has as the name of its target, and an expectation file about such runs.
inline constexpr std::string_view target_name = "interop";

/// The id of one message on its way through one pair: interop/SENDER/RECEIVER/MESSAGE.
std::string case_id(std::string_view sender, std::string_view receiver, std::string_view message);

/// The ids that runs can have for a pattern of ids: any server can take part, so that the pair is whatever
/// the pattern names, and each of the corpus's messages goes through it.
std::vector<std::string> possible_ids(std::string_view pattern, const Corpus& corpus);

}  // namespace smtpspec::interop
