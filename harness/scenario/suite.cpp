// SPDX-License-Identifier: Apache-2.0
#include "scenario/suite.hpp"

#include <algorithm>
#include <charconv>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>

#include <fmt/format.h>

#include "scenario/loader.hpp"

namespace smtpspec::scenario {
namespace {

using base::Diagnostic;
using base::Loaded;
namespace fs = std::filesystem;

struct Source {
  fs::path path;
  std::string id;  ///< of the file: "rfc5321/4.5.2-transparency"
};

using Outcome = std::optional<Loaded<ScenarioFile>>;

Diagnostic about(const fs::path& path, std::string message, std::string hint) {
  Diagnostic problem;
  problem.position.file = path.string();
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  return problem;
}

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

std::string id_below(const fs::path& root, const fs::path& file) {
  return file.lexically_relative(root).replace_extension().generic_string();
}

std::optional<Diagnostic> add_folder(const fs::path& root, std::vector<Source>& sources) {
  std::error_code error;
  const auto before = sources.size();
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
    const bool folder = it->is_directory();
    if (folder && (is_hidden(it->path()) || it->path().filename() == "requirements"))
      it.disable_recursion_pending();
    if (!folder && it->path().extension() == ".toml" && !is_hidden(it->path())) {
      sources.push_back({it->path(), id_below(root, it->path())});
    }
  }
  if (error) return about(root, fmt::format("cannot be read: {}", error.message()), "check the path");
  if (sources.size() == before)
    return about(root, "no scenario lies in this folder", "scenarios are files called *.toml");
  return std::nullopt;
}

std::vector<Source> find_sources(const std::vector<fs::path>& paths, std::vector<Diagnostic>& problems) {
  std::vector<Source> sources;
  for (const auto& path : paths) {
    if (!fs::is_directory(path)) {
      sources.push_back({path, path.stem().string()});
    } else if (auto problem = add_folder(path, sources)) {
      problems.push_back(std::move(*problem));
    }
  }
  return sources;
}

// Files are read by a few threads; each takes every n-th, so that large neighbours are shared out.
std::vector<Outcome> load_all(const std::vector<Source>& sources, Extent extent) {
  constexpr std::size_t most_threads = 4;
  constexpr std::size_t files_worth_a_thread = 8;
  std::vector<Outcome> outcomes(sources.size());
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const auto threads =
      std::clamp(sources.size() / files_worth_a_thread, std::size_t{1}, std::min(cores, most_threads));
  const auto load_share = [&](std::size_t first) {
    for (auto i = first; i < sources.size(); i += threads)
      outcomes[i] = load_file(sources[i].path, sources[i].id, extent);
  };
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < threads; ++i) others.push_back(std::async(std::launch::async, load_share, i));
  load_share(0);
  for (auto& other : others) other.get();
  return outcomes;
}

// The numbers in a text, in order: "RFC 5321" {5321}, "4.1.1.10" {4, 1, 1, 10}.
std::vector<int> numbers_in(const std::string& text) {
  std::vector<int> numbers;
  for (const char *at = text.data(), *end = at + text.size(); at < end;) {
    int number = 0;
    const auto [behind, error] = std::from_chars(at, end, number);
    if (error == std::errc{} && *at != '-') numbers.push_back(number);
    at = behind == at ? at + 1 : behind;
  }
  return numbers;
}

// Documents with a number first, by it; then the others by name.
auto catalogue_order(const ScenarioFile& file, const Source& source) {
  const auto numbers = numbers_in(file.spec);
  const bool numbered = file.spec.starts_with("RFC ") && !numbers.empty();
  return std::make_tuple(!numbered, numbered ? numbers.front() : 0, numbered ? "" : file.spec,
                         numbers_in(file.section), source.id);
}

void report_shared_ids(const std::vector<Case>& cases, std::vector<Diagnostic>& problems) {
  std::map<std::string_view, const Case*> seen;
  for (const auto& scenario : cases) {
    const auto [first, fresh] = seen.emplace(scenario.id, &scenario);
    if (fresh) continue;
    Diagnostic problem;
    problem.position = scenario.position;
    problem.message = fmt::format("the id '{}' was used before, in {}:{}", scenario.id,
                                  first->second->position.file, first->second->position.line);
    problem.hint = "an id names one case for ever: rename the file or the scenario";
    problem.source_line = scenario.source_lines.empty() ? "" : scenario.source_lines.front();
    problems.push_back(std::move(problem));
  }
}

Suite assemble(std::vector<Outcome>& outcomes, const std::vector<Source>& sources) {
  std::vector<std::size_t> order(sources.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return catalogue_order(**outcomes[a], sources[a]) < catalogue_order(**outcomes[b], sources[b]);
  });
  Suite suite;
  for (const auto i : order) {
    auto& file = **outcomes[i];
    std::move(file.cases.begin(), file.cases.end(), std::back_inserter(suite.cases));
    std::move(file.remarks.begin(), file.remarks.end(), std::back_inserter(suite.remarks));
  }
  return suite;
}

}  // namespace

Loaded<Suite> load_suite(const std::vector<fs::path>& paths, Extent extent) {
  std::vector<Diagnostic> problems;
  auto sources = find_sources(paths, problems);
  std::sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.path < b.path; });
  auto outcomes = load_all(sources, extent);
  for (const auto& outcome : outcomes) {
    problems.insert(problems.end(), outcome->problems().begin(), outcome->problems().end());
  }
  if (!problems.empty()) return problems;
  auto suite = assemble(outcomes, sources);
  report_shared_ids(suite.cases, problems);
  if (!problems.empty()) return problems;
  return suite;
}

}  // namespace smtpspec::scenario
