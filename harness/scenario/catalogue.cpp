// SPDX-License-Identifier: Apache-2.0
#include "scenario/catalogue.hpp"

#include <algorithm>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "base/nearest_word.hpp"
#include "base/toml_reader.hpp"

namespace smtpspec::scenario {
namespace {

using base::Diagnostic;
using base::Requirement;
using base::TomlReader;
using base::Verdict;

const std::vector<std::string> levels{"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "spec"};
const std::vector<std::string> parties{"receiver/server", "sender/client", "both",
                                       "relay",           "submission",    "gateway"};
const std::vector<std::string> kinds_of_test{"wire-server", "wire-client", "delivery", "config", "no"};
const std::vector<std::string> worst_words{"fail", "warn", "info", "-"};

// The section stands in the id: R5321-4.5.2-b.
std::string section_of(const std::string& id, const std::string& rfc) {
  const auto begin = rfc.size() + 2;
  const auto end = id.rfind('-');
  return end == std::string::npos || end <= begin ? std::string{} : id.substr(begin, end - begin);
}

Verdict worst_verdict(const std::string& word, bool superseded) {
  const auto written = word == "-" ? Verdict::info : base::parse_verdict(word).value_or(Verdict::info);
  return superseded ? std::min(written, Verdict::warn) : written;
}

Requirement read_requirement(TomlReader& reader, const std::string& rfc) {
  Requirement requirement;
  requirement.id = reader.required_string("id");
  requirement.rfc = rfc;
  requirement.section = section_of(requirement.id, rfc);
  if (!requirement.id.empty() &&
      (requirement.section.empty() || !requirement.id.starts_with("R" + rfc + "-"))) {
    reader.problem("id", fmt::format("'{}' is no id of RFC {}", requirement.id, rfc),
                   fmt::format("ids look like R{}-4.5.2-b", rfc));
  }
  reader.required_string("level");
  requirement.level = reader.word("level", levels).value_or("");
  reader.required_string("party");
  requirement.party = reader.word("party", parties).value_or("");
  requirement.testable = reader.word("testable", kinds_of_test).value_or("no");
  requirement.superseded_by = reader.string("superseded_by").value_or("");
  reader.required_string("worst");
  requirement.worst =
      worst_verdict(reader.word("worst", worst_words).value_or("-"), !requirement.superseded_by.empty());
  requirement.gist = reader.required_string("gist");
  reader.finish();
  return requirement;
}

void read_entry(const base::TomlDocument& document, const toml::node& node, const std::string& rfc,
                Catalogue::Map& into, std::vector<Diagnostic>& problems) {
  const auto* table = node.as_table();
  if (!table) {
    problems.push_back(document.problem(document.position_of(node), "a requirement must be a table",
                                        "write [[requirement]] above its keys"));
    return;
  }
  TomlReader reader(document, *table, "a requirement", problems);
  auto requirement = read_requirement(reader, rfc);
  auto id = requirement.id;
  if (!into.emplace(id, std::move(requirement)).second && !id.empty()) {
    reader.problem("id", fmt::format("the id '{}' was used before", id), "take the next free letter");
  }
}

void read_file(const std::filesystem::path& path, Catalogue::Map& into, std::vector<Diagnostic>& problems) {
  const auto document = base::TomlDocument::read(path);
  if (!document) {
    problems.insert(problems.end(), document.problems().begin(), document.problems().end());
    return;
  }
  TomlReader file(*document, document->root(), "a file of requirements", problems);
  const auto rfc = file.required_string("rfc");
  file.string("title");
  if (const auto* entries = file.array("requirement")) {
    for (const auto& entry : *entries) read_entry(*document, entry, rfc, into, problems);
  }
  file.finish();
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder, std::error_code& error) {
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".toml") files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Diagnostic nothing_here(const std::filesystem::path& folder, const std::string& why) {
  Diagnostic problem;
  problem.position.file = folder.string();
  problem.message = fmt::format("no requirements can be read here: {}", why);
  problem.hint = "this is the folder scenarios/requirements of the data that came with the program";
  return problem;
}

}  // namespace

const Requirement* Catalogue::find(std::string_view id) const {
  const auto found = requirements_.find(id);
  return found == requirements_.end() ? nullptr : &found->second;
}

std::string Catalogue::nearest(std::string_view id) const {
  std::vector<std::string> ids;
  ids.reserve(requirements_.size());
  for (const auto& [known, requirement] : requirements_) ids.push_back(known);
  return base::nearest_word(id, ids);
}

Verdict Catalogue::worst_of(const std::vector<std::string>& ids, Role our_role) const {
  auto worst = ids.empty() ? Verdict::fail : Verdict::info;
  for (const auto& id : ids) {
    const auto* requirement = find(id);
    worst = std::max(worst, requirement ? worst_for(*requirement, our_role) : Verdict::fail);
  }
  return worst;
}

bool binds_target(const Requirement& requirement, Role our_role) {
  return our_role != Role::client || requirement.party != "sender/client";
}

Verdict worst_for(const Requirement& requirement, Role our_role) {
  const bool of_clients = requirement.party == "sender/client" || requirement.party == "both";
  if (our_role == Role::client || !of_clients) return requirement.worst;
  if (!requirement.superseded_by.empty() || requirement.level == "MAY") return Verdict::info;
  return requirement.level.starts_with("SHOULD") ? Verdict::warn : Verdict::fail;
}

base::Loaded<Catalogue> load_catalogue(const std::filesystem::path& folder) {
  std::error_code error;
  const auto files = files_in(folder, error);
  if (error || files.empty()) return nothing_here(folder, error ? error.message() : "no .toml file in it");
  Catalogue::Map requirements;
  std::vector<Diagnostic> problems;
  for (const auto& file : files) read_file(file, requirements, problems);
  if (!problems.empty()) return problems;
  return Catalogue(std::move(requirements));
}

}  // namespace smtpspec::scenario
