// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::base {

/// The known word that a person most likely meant, by edit distance with transpositions; empty when none is
/// near (more than a third of the letters differ).
std::string nearest_word(std::string_view written, const std::vector<std::string>& known);

}  // namespace smtpspec::base
