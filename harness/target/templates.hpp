// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "target/target.hpp"

namespace smtpspec::target {

/// Copies the files below `from` to `to`, which exists, with their placeholders filled. Says what went wrong:
/// a file that can't be read or written, a placeholder that looks misspelt. An empty `from` copies nothing.
std::optional<std::string> copy_templates(const std::filesystem::path& from, const std::filesystem::path& to,
                                          const Variables& variables);

}  // namespace smtpspec::target
