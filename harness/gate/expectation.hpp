// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "base/source_position.hpp"
#include "base/toml_document.hpp"
#include "base/verdict.hpp"
#include "result/model.hpp"

/// What a project knows and accepts about its target: an expectation file, as data.
namespace smtpspec::gate {

/// One `[[expect]]`: cases or one requirement, how they deviate, and why that is accepted.
struct Expectation {
  std::vector<std::string> cases;  ///< ids, prefixes, globs; empty where a requirement is named
  std::string requirement;         ///< mutes one root cause, wherever it shows; empty where cases are named
  std::vector<base::Verdict> verdicts;  ///< any of them is expected
  std::vector<std::string> outcomes;  ///< pins how it deviates: any of them, `*` allowed; empty pins nothing
  std::string reason;
  std::string issue;   ///< where it is followed up; may be empty
  std::string client;  ///< holds only for runs with this --client; empty for every client
  std::string until;   ///< last day on which it is accepted, "2026-12-31"; empty for ever
  base::SourcePosition position;

  bool operator==(const Expectation&) const = default;
};

struct ExpectationFile {
  std::string name;       ///< as a person named it
  std::string target;     ///< whose deviations these are; empty where the file doesn't say
  result::Offers offers;  ///< what it must not cease to offer; empty where the file doesn't say
  std::vector<Expectation> entries;
};

/// Reads the file's text and reports everything that is wrong with it at once.
base::Loaded<ExpectationFile> parse_expectations(std::string text, const std::string& name);
base::Loaded<ExpectationFile> read_expectations(const base::TomlDocument& document);

/// Whether the file may be held against a target of this name: it names no target, this one, or the server of
/// which this one is a version.
bool is_about(const ExpectationFile& file, std::string_view target_name);

/// The text of the file; a file that can't be read is a problem.
base::Loaded<std::string> read_expectation_text(const std::filesystem::path& path);

/// True where the reason is still the place-holder that `expect update` wrote.
bool is_to_be_written(std::string_view reason);
inline constexpr std::string_view reason_to_be_written = "TODO";

/// `file:line`.
std::string place_of(const Expectation& entry);

/// "warn or fail".
std::string words_of(const std::vector<base::Verdict>& verdicts);

}  // namespace smtpspec::gate
