// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace smtpspec::base {

/// Whether a pattern selects a case id: the id itself, a prefix of it up to a `/`, or either with `*`
/// standing for any characters. `*` is the only glob.
bool selects(std::string_view pattern, std::string_view case_id);

/// Whether the pattern, with `*` standing for any characters, is the whole text.
bool matches_whole(std::string_view pattern, std::string_view text);

}  // namespace smtpspec::base
