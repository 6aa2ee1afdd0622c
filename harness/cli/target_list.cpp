// SPDX-License-Identifier: Apache-2.0
#include "cli/target_list.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "target/obstacle.hpp"
#include "target/target_loader.hpp"

namespace smtpspec::cli {
namespace {

using target::Obstacle;
using target::Target;

struct Row {
  std::string name;
  std::string software;
  std::string state;
};

std::vector<std::string> every_name(const std::filesystem::path& folder) {
  auto names = target::target_names(folder);
  for (const auto& name : target::target_names(folder / "remote")) names.push_back("remote/" + name);
  return names;
}

// Why a target can't be started, without the name that stands before it in the line.
std::string brief(const Obstacle& obstacle) {
  const auto advice = obstacle.advice.empty() ? "" : ": " + obstacle.advice;
  switch (obstacle.kind) {
    case Obstacle::Kind::no_folder:
      return "not unpacked" + advice;
    case Obstacle::Kind::no_program:
      return fmt::format("no program {}{}", obstacle.what, advice);
    case Obstacle::Kind::needs_root:
      return "needs root";
    case Obstacle::Kind::not_startable:
      break;
  }
  return obstacle.why;
}

std::string also(const std::vector<std::string>& versions) {
  std::vector<std::string> words;
  for (const auto& version : versions) words.push_back("@" + version);
  return fmt::format("{}", fmt::join(words, " "));
}

std::string state_of(const Target& target, const target::StartOptions& options) {
  if (!target.setup()) return "not started by us; fill in its address and addresses, then --allow-remote";
  const auto obstacles = target::obstacles(target, options);
  std::vector<std::string> reasons;
  for (const auto& obstacle : obstacles) reasons.push_back(brief(obstacle));
  const bool only_folder = obstacles.size() == 1 && obstacles.front().kind == Obstacle::Kind::no_folder;
  const auto versions = target::unpacked_versions(target, options);
  auto state = obstacles.empty() ? "ready" : fmt::format("{}", fmt::join(reasons, "; "));
  if (!versions.empty() && obstacles.empty()) state += ", also " + also(versions);
  if (!versions.empty() && only_folder) state = fmt::format("ready as {} ({})", also(versions), state);
  return state;
}

}  // namespace

TargetList list_targets(const std::filesystem::path& folder, const target::StartOptions& options) {
  TargetList list;
  std::vector<Row> rows{{"embedded", "the server inside smtpspec", "ready"}};
  for (const auto& name : every_name(folder)) {
    const auto target = target::find_target(name, folder);
    if (target)
      rows.push_back({name, target->software, state_of(*target, options)});
    else
      list.problems += base::format(target.problems());
  }
  std::size_t name_width = 0;
  std::size_t software_width = 0;
  for (const auto& row : rows) {
    name_width = std::max(name_width, row.name.size());
    software_width = std::max(software_width, row.software.size());
  }
  for (const auto& row : rows) {
    list.text +=
        fmt::format("{:{}}  {:{}}  {}\n", row.name, name_width, row.software, software_width, row.state);
  }
  return list;
}

}  // namespace smtpspec::cli
