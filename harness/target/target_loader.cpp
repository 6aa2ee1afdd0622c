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

base::Diagnostic about_word(const std::string& word, std::string message, std::string hint = {}) {
  base::Diagnostic problem;
  problem.position.file = word;
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  return problem;
}

base::Diagnostic unknown_target(const std::string& name, const std::filesystem::path& folder) {
  auto names = target_names(folder);
  names.insert(names.begin(), "embedded");
  const auto near = base::nearest_word(name, names);
  return about_word(
      name, "there is no target of this name, nor a file",
      fmt::format("{}targets: {}; or a URL such as smtp://127.0.0.1:2525",
                  near.empty() ? "" : fmt::format("did you mean '{}'? ", near), fmt::join(names, ", ")));
}

/// The file of a target, or an empty path.
std::filesystem::path file_of(const std::string& name_or_path, const std::filesystem::path& folder) {
  const auto bundled = folder / (name_or_path + ".toml");
  const bool is_name = !name_or_path.starts_with('/') && !name_or_path.ends_with(".toml");
  if (is_name && std::filesystem::is_regular_file(bundled)) return bundled;
  return std::filesystem::is_regular_file(name_or_path) ? std::filesystem::path(name_or_path)
                                                        : std::filesystem::path();
}

/// `ci/targets exim` becomes `ci/targets exim@trixie`, whatever the last word is.
std::string get_with_version(const std::string& get, const std::string& version) {
  return get.empty() ? get : get + "@" + version;
}

/// Makes a target the same of another version.
std::optional<base::Diagnostic> take_version(Target& target, const std::string& word,
                                             const std::string& version) {
  constexpr const char* allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+~-";
  if (version.empty() || version.find_first_not_of(allowed) != std::string::npos) {
    return about_word(word, fmt::format("'{}' is no version; write one like @trixie or @3.0.3", version));
  }
  Setup* setup = target.start ? static_cast<Setup*>(&*target.start) : target.send ? &*target.send : nullptr;
  if (!setup || setup->root.empty()) {
    return about_word(
        word, fmt::format("target '{}' has no versions: it is not unpacked from packages by us", target.name),
        fmt::format("write --target {} alone", target.name));
  }
  target.version = version;
  target.name += "@" + version;
  setup->root += "@" + version;
  setup->get = get_with_version(setup->get, version);
  return std::nullopt;
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
  if (const auto file = file_of(name_or_path, folder); !file.empty()) return load_target(file);
  const auto at = name_or_path.rfind('@');
  if (at == std::string::npos) return unknown_target(name_or_path, folder);
  const std::string name = name_or_path.substr(0, at);
  auto target = find_target(name, folder);
  if (!target) return target;
  if (auto problem = take_version(*target, name_or_path, name_or_path.substr(at + 1))) return *problem;
  return target;
}

}  // namespace smtpspec::target
