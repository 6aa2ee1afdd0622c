// SPDX-License-Identifier: Apache-2.0
#include "cli/contestants.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "cli/complaints.hpp"
#include "result/results_json.hpp"
#include "target/obstacle.hpp"
#include "target/target_loader.hpp"

namespace smtpspec::cli {
namespace {

namespace fs = std::filesystem;
using gate::ExitCode;

// The same file by another name is the same file.
std::string other_name_of(const std::vector<std::string>& words, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) {
    std::error_code ignored;
    if (words[i] == words[index] || fs::equivalent(words[i], words[index], ignored)) return words[i];
  }
  return {};
}

void say_what_is_missing(const std::string& name, const target::Obstacle& obstacle) {
  std::fprintf(stderr, "smtpspec: %s is left out: %s\n", name.c_str(), target::describe(obstacle).c_str());
}

// Everything that can be started here.
std::variant<std::vector<std::string>, ExitCode> all_targets(const DataFolder& data, bool versions) {
  std::vector<std::string> names = {"embedded"};
  const target::StartOptions start;
  for (const auto& name : target::target_names(data.targets())) {
    const auto target = target::find_target(name, data.targets());
    if (!target) return complain(target.problems());
    const auto obstacles = target::obstacles(*target, start);
    if (obstacles.empty())
      names.push_back(name);
    else
      say_what_is_missing(name, obstacles.front());
    if (!versions) continue;
    for (const auto& version : target::unpacked_versions(*target, start))
      names.push_back(name + "@" + version);
  }
  return names;
}

std::variant<std::vector<std::string>, ExitCode> with_all_named(const std::vector<std::string>& words,
                                                                const ContestantOptions& options,
                                                                const std::optional<DataFolder>& data) {
  std::vector<std::string> named;
  for (const auto& word : words) {
    if (word != "all") {
      named.push_back(word);
      continue;
    }
    auto all = all_targets(*data, options.versions);
    if (auto* code = std::get_if<ExitCode>(&all)) return *code;
    for (auto& name : std::get<std::vector<std::string>>(all)) {
      const bool is_named = std::find(words.begin(), words.end(), name) != words.end() ||
                            std::find(named.begin(), named.end(), name) != named.end();
      if (!is_named) named.push_back(std::move(name));
    }
  }
  return named;
}

std::variant<Contestant, ExitCode> stored(const std::string& word) {
  auto run = result::read_results(word);
  if (!run) return complain(run.problems());
  Contestant contestant;
  contestant.word = word;
  contestant.stored = std::move(*run);
  return contestant;
}

std::variant<Contestant, ExitCode> to_be_started(const std::string& word, const ContestantOptions& options,
                                                 const DataFolder& data) {
  TargetOptions target;
  target.target = word;
  target.allow_remote = options.allow_remote;
  auto chosen = choose_target(target, data);
  if (auto* code = std::get_if<ExitCode>(&chosen)) return *code;
  Contestant contestant;
  contestant.word = word;
  contestant.target = std::get<ChosenTarget>(std::move(chosen));
  contestant.argument = target.as_typed();
  return contestant;
}

}  // namespace

bool names_stored_run(const std::string& word) {
  return word.ends_with(".json");
}

std::variant<std::vector<Contestant>, ExitCode> choose_contestants(const std::vector<std::string>& words,
                                                                   const ContestantOptions& options,
                                                                   const std::optional<DataFolder>& data) {
  auto named = with_all_named(words, options, data);
  if (auto* code = std::get_if<ExitCode>(&named)) return *code;
  const auto& all = std::get<std::vector<std::string>>(named);
  std::vector<Contestant> contestants;
  std::optional<ExitCode> wrong;
  for (std::size_t i = 0; i < all.size(); ++i) {
    // A target may stand there twice, to see whether it does the same twice.
    if (names_stored_run(all[i])) {
      if (const auto other = other_name_of(all, i); !other.empty())
        return complain(ExitCode::usage, fmt::format("{} and {} are the same file", other, all[i]));
    }
    auto one = names_stored_run(all[i]) ? stored(all[i]) : to_be_started(all[i], options, *data);
    if (auto* code = std::get_if<ExitCode>(&one))
      wrong = *code;
    else
      contestants.push_back(std::get<Contestant>(std::move(one)));
  }
  if (wrong) return *wrong;
  if (contestants.size() < 2) {
    return complain(ExitCode::usage,
                    "compare needs two or more targets or stored runs: compare postfix exim, compare all, "
                    "compare old.json new.json");
  }
  return contestants;
}

}  // namespace smtpspec::cli
