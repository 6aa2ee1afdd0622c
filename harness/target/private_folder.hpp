// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace smtpspec::target {

/// The path of a folder that nobody else has, for a keeper to make; below `parent`, or $TMPDIR or /tmp when
/// that is empty.
std::filesystem::path private_folder(const std::string& target_name, const std::filesystem::path& parent);

}  // namespace smtpspec::target
