// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace smtpspec::base {

/// The word as a person pastes it into a POSIX shell: in single quotes where it has anything that a shell
/// might take for its own.
std::string shell_word(const std::string& word);

}  // namespace smtpspec::base
