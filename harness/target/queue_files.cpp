// SPDX-License-Identifier: Apache-2.0
#include "target/queue_files.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <glob.h>

namespace smtpspec::target {
namespace {

constexpr std::size_t most_of_a_file = 64 * 1024;

// Renamed again and again while it is looked for: that is not to be had by chance.
constexpr int most_readings = 5;

// A folder of another system, or one that is made for the first message.
int is_more_than_missing(const char*, int error) {
  return error != ENOENT && error != ENOTDIR;
}

struct Matches {
  Matches() = default;
  Matches(const Matches&) = delete;
  Matches& operator=(const Matches&) = delete;
  ~Matches() { globfree(&found); }

  glob_t found{};
};

// Up to the first part that has anything but itself in it.
bool leads_somewhere(const std::string& pattern) {
  const auto fixed = pattern.substr(0, pattern.find_first_of("*?[{"));
  std::error_code ignored;
  return std::filesystem::exists(fixed.substr(0, fixed.rfind('/') + 1), ignored);
}

bool lead_nowhere(const std::vector<std::string>& patterns) {
  return std::none_of(patterns.begin(), patterns.end(), leads_somewhere);
}

// False when a folder could not be read.
bool add_matches(const std::string& pattern, std::vector<std::string>& paths) {
  Matches matches;
  const int problem = glob(pattern.c_str(), GLOB_BRACE, is_more_than_missing, &matches.found);
  if (problem != 0 && problem != GLOB_NOMATCH) return false;
  paths.insert(paths.end(), matches.found.gl_pathv, matches.found.gl_pathv + matches.found.gl_pathc);
  return true;
}

// False when it is no more.
bool add_beginning(const std::string& path, std::string& text) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  const auto already = text.size();
  text.resize(already + most_of_a_file);
  file.read(text.data() + already, most_of_a_file);
  text.resize(already + static_cast<std::size_t>(file.gcount()));
  text += '\n';
  return true;
}

struct Reading {
  std::string text;
  bool is_whole = true;
};

std::optional<Reading> read_once(const QueueFiles& queue) {
  Reading reading;
  for (const auto& pattern : queue.files) {
    // Pattern by pattern, in the order in which messages go from folder to folder.
    std::vector<std::string> paths;
    if (!add_matches(pattern, paths)) return std::nullopt;
    for (const auto& path : paths) reading.is_whole = add_beginning(path, reading.text) && reading.is_whole;
  }
  return reading;
}

std::optional<std::string> read_whole(const QueueFiles& queue) {
  for (int tries = 1;; ++tries) {
    auto reading = read_once(queue);
    if (!reading) return std::nullopt;
    if (reading->is_whole || tries == most_readings) return std::move(reading->text);
  }
}

}  // namespace

// A message that is gone from a folder not yet looked into, and has begun another (its report) in one already
// behind us, is in neither place for one reading; for two in a row it would have to do so again.
std::optional<std::string> read_queue(const QueueFiles& queue) {
  if (lead_nowhere(queue.files)) return std::nullopt;
  auto first = read_whole(queue);
  auto second = read_whole(queue);
  if (!first || !second) return std::nullopt;
  return *first + *second;
}

bool has_something_to_purge(const QueueFiles& queue) {
  if (queue.purge_if.empty() || lead_nowhere(queue.purge_if)) return true;
  std::vector<std::string> paths;
  for (const auto& pattern : queue.purge_if) {
    if (!add_matches(pattern, paths) || !paths.empty()) return true;
  }
  return false;
}

}  // namespace smtpspec::target
