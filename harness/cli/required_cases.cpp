// SPDX-License-Identifier: Apache-2.0
#include "cli/required_cases.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/id_pattern.hpp"
#include "base/nearest_word.hpp"
#include "cli/complaints.hpp"
#include "engine/invariants.hpp"

namespace smtpspec::cli {
namespace {

using gate::ExitCode;

bool selects_any(const std::string& word, const std::vector<std::string>& ids) {
  return std::any_of(ids.begin(), ids.end(),
                     [&word](const std::string& id) { return base::selects(word, id); });
}

// Invariants are not played, but stand in every run.
std::vector<std::string> without_invariants(std::vector<std::string> words) {
  const auto invariants = engine::Invariants::ids();
  std::erase_if(words, [&](const std::string& word) { return selects_any(word, invariants); });
  return words;
}

// The options with which every case of the word is played.
std::string options_for(const std::string& word, const scenario::Suite& suite) {
  bool slow = false, disruptive = false;
  for (const auto& one : suite.cases) {
    if (!base::selects(word, one.id)) continue;
    slow = slow || one.slow;
    disruptive = disruptive || one.disruptive;
  }
  if (slow && disruptive) return "--slow and --profile disruptive";
  if (slow) return "--slow";
  return disruptive ? "--profile disruptive" : "a later --suite";
}

bool is_played(const std::string& word, const std::vector<const scenario::Case*>& chosen) {
  return std::any_of(chosen.begin(), chosen.end(),
                     [&word](const scenario::Case* one) { return base::selects(word, one->id); });
}

std::optional<ExitCode> complain_of_all(const std::vector<std::string>& complaints) {
  for (const auto& complaint : complaints) complain(ExitCode::usage, "--require: " + complaint);
  return complaints.empty() ? std::nullopt : std::optional(ExitCode::usage);
}

}  // namespace

std::optional<ExitCode> complain_of_required(const std::vector<std::string>& words,
                                             const SelectionOptions& options, const LoadedSuite& loaded,
                                             const std::vector<const scenario::Case*>& chosen) {
  const auto of_cases = without_invariants(words);
  auto complaints = scenario::complaints_of_ids(loaded.suite, of_cases);
  if (!complaints.empty() || options.narrows()) return complain_of_all(complaints);
  for (const auto& word : of_cases) {
    if (!is_played(word, chosen))
      complaints.push_back(
          fmt::format("the cases of '{}' are only played with {}", word, options_for(word, loaded.suite)));
  }
  return complain_of_all(complaints);
}

std::optional<ExitCode> complain_of_required(const std::vector<std::string>& words,
                                             const std::vector<std::string>& ids) {
  std::vector<std::string> complaints;
  for (const auto& word : words) {
    if (selects_any(word, ids)) continue;
    const auto near = base::nearest_word(word, ids);
    complaints.push_back(fmt::format("no case of these pairs is called '{}'{}", word,
                                     near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  }
  return complain_of_all(complaints);
}

}  // namespace smtpspec::cli
