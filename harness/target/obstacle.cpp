// SPDX-License-Identifier: Apache-2.0
#include "target/obstacle.hpp"

#include <algorithm>
#include <unistd.h>

#include <fmt/format.h>

#include "target/command.hpp"
#include "target/placeholders.hpp"
#include "target/target_variables.hpp"

namespace smtpspec::target {
namespace fs = std::filesystem;
namespace {

const std::string& shown_name(const Target& target) {
  return target.software.empty() ? target.name : target.software;
}

std::string program_advice(const Target& target) {
  return target.setup()->root.empty() ? target.setup()->get : std::string();
}

/// What a target file says of programs, with the placeholders that are known before a start.
std::string early_filled(const Target& target, const std::string& text, const fs::path& root) {
  Variables variables = known_variables(target);
  variables["root"] = root.string();
  return fill(text, variables);
}

}  // namespace

fs::path root_of(const Target& target, const StartOptions& options) {
  if (!target.setup() || target.setup()->root.empty()) return {};
  const fs::path root = target.setup()->root;
  if (root.is_absolute()) return root;
  if (!options.targets.empty()) return fs::absolute(options.targets / root);
  const char* set = getenv("SMTPSPEC_TARGETS");
  if (set && *set) return fs::absolute(set / root);
  const fs::path beside_sources = fs::path(target.file).parent_path() / "../../build/targets" / root;
  if (!target.file.empty() && fs::exists(beside_sources)) return fs::canonical(beside_sources);
  return fs::absolute("build/targets" / root);
}

std::vector<Obstacle> obstacles(const Target& target, const StartOptions& options) {
  using Kind = Obstacle::Kind;
  const Setup* setup = target.setup();
  if (!setup) {
    return {{Kind::not_startable,
             fmt::format("target '{}' has no [start]; it can't be started by us", target.name), "", ""}};
  }
  std::vector<Obstacle> found;
  const fs::path root = root_of(target, options);
  if (!root.empty() && !fs::is_directory(root)) {
    found.push_back({Kind::no_folder,
                     fmt::format("{} is not there: no folder {}", shown_name(target), root.string()),
                     setup->get, root.string()});
  }
  const auto environment = environment_with(setup->environment);
  for (const std::string& program : setup->needs_programs) {
    const std::string name = early_filled(target, program, root);
    if (!find_program(name, environment).empty()) continue;
    found.push_back(
        {Kind::no_program,
         fmt::format("{} needs the program '{}', which is not installed here", shown_name(target), name),
         program_advice(target), name});
  }
  if (setup->needs_root && geteuid() != 0) {
    found.push_back(
        {Kind::needs_root, fmt::format("{} can only be run by root", shown_name(target)), "", ""});
  }
  return found;
}

std::string describe(const Obstacle& obstacle) {
  return obstacle.why + (obstacle.advice.empty() ? "" : "; get it with: " + obstacle.advice);
}

std::vector<std::string> unpacked_versions(const Target& target, const StartOptions& options) {
  const fs::path root = root_of(target, options);
  std::vector<std::string> versions;
  if (root.empty()) return versions;
  const std::string prefix = root.filename().string() + "@";
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(root.parent_path(), ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix) && entry.is_directory(ignored))
      versions.push_back(name.substr(prefix.size()));
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

}  // namespace smtpspec::target
