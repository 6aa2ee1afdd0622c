// SPDX-License-Identifier: Apache-2.0
#include "target/target_loader.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/nearest_word.hpp"
#include "base/toml_document.hpp"
#include "target/embedded.hpp"
#include "target/target_reader.hpp"

namespace smtpspec::target {
namespace {

constexpr int max_extends = 5;

/// The file that `extends` names: another target of the same folder, or a path.
std::filesystem::path extended_file(const std::filesystem::path& folder, const std::string& written) {
  return written.ends_with(".toml") ? folder / written : folder / (written + ".toml");
}

/// Reads a file over `target`, what it extends first.
void read_file(const base::TomlDocument& document, const std::filesystem::path& path, int depth,
               Target& target, std::vector<base::Diagnostic>& problems) {
  const auto folder = path.parent_path();
  if (const auto* extends = document.root().get("extends")) {
    const auto problem = [&](std::string message, std::string hint = {}) {
      problems.push_back(
          document.problem(document.position_of(*extends), std::move(message), std::move(hint)));
    };
    const auto written = extends->value_exact<std::string>();
    if (!written) {
      problem("'extends' must be a string, the name of another target");
    } else if (depth == max_extends) {
      problem("targets extend each other too deeply, or in a circle");
    } else {
      const auto base_path = extended_file(folder, *written);
      const auto base_document = base::TomlDocument::read(base_path);
      if (base_document) {
        read_file(*base_document, base_path, depth + 1, target, problems);
      } else if (!std::filesystem::exists(base_path)) {
        problem(fmt::format("there is no target file '{}'", base_path.string()));
      } else {
        problems.insert(problems.end(), base_document.problems().begin(), base_document.problems().end());
      }
    }
  }
  read_target(document, folder, target, problems);
}

base::Diagnostic unknown_target(const std::string& name, const std::filesystem::path& folder) {
  auto names = target_names(folder);
  names.insert(names.begin(), "embedded");
  const auto near = base::nearest_word(name, names);
  base::Diagnostic problem;
  problem.position.file = name;
  problem.message = "there is no target of this name, nor a file";
  problem.hint =
      fmt::format("{}targets: {}; or a URL such as smtp://127.0.0.1:2525",
                  near.empty() ? "" : fmt::format("did you mean '{}'? ", near), fmt::join(names, ", "));
  return problem;
}

}  // namespace

base::Loaded<Target> load_target(const std::filesystem::path& path) {
  const auto document = base::TomlDocument::read(path);
  if (!document) return document.problems();
  Target target;
  target.file = path.string();
  std::vector<base::Diagnostic> problems;
  read_file(*document, path, 0, target, problems);
  if (problems.empty()) check_target(*document, target, problems);
  if (problems.empty()) return target;
  std::stable_sort(problems.begin(), problems.end(),
                   [](const base::Diagnostic& a, const base::Diagnostic& b) {
                     return a.position.file == b.position.file && a.position.line < b.position.line;
                   });
  return problems;
}

std::vector<std::string> target_names(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

base::Loaded<Target> find_target(const std::string& name_or_path, const std::filesystem::path& folder) {
  if (name_or_path == "embedded") return embedded_target();
  const auto bundled = folder / (name_or_path + ".toml");
  const bool is_name = name_or_path.find('/') == std::string::npos && !name_or_path.ends_with(".toml");
  if (is_name && std::filesystem::exists(bundled)) return load_target(bundled);
  if (std::filesystem::is_regular_file(name_or_path)) return load_target(name_or_path);
  return unknown_target(name_or_path, folder);
}

}  // namespace smtpspec::target
