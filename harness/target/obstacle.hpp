// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "target/instance.hpp"
#include "target/target.hpp"

namespace smtpspec::target {

/// Something because of which a target can't be started on this machine.
struct Obstacle {
  enum class Kind { not_startable, no_folder, no_program, needs_root };

  Kind kind;
  std::string why;        ///< for a person: "Postfix is not there: no folder /srv/targets/postfix"
  std::string advice;     ///< the command that helps, or empty
  std::string what = {};  ///< the folder or program that is missing
};

/// All of them, the first to remove first; none when start() may be tried.
std::vector<Obstacle> obstacles(const Target& target, const StartOptions& options);

/// One sentence with its advice.
std::string describe(const Obstacle& obstacle);

/// Where the unpacked packages of a target lie, or where they ought to; empty when it needs none.
std::filesystem::path root_of(const Target& target, const StartOptions& options);

/// The versions that lie unpacked beside the target's own folder: `trixie` for ROOT@trixie. Sorted.
std::vector<std::string> unpacked_versions(const Target& target, const StartOptions& options);

}  // namespace smtpspec::target
