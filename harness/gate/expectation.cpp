// SPDX-License-Identifier: Apache-2.0
#include "gate/expectation.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/display.hpp"
#include "base/nearest_word.hpp"
#include "base/toml_reader.hpp"
#include "gate/offers.hpp"

namespace smtpspec::gate {
namespace {

using base::Diagnostic;
using base::TomlReader;
using base::Verdict;

// `error` is a fault of smtpspec or of the scenario: nothing about the target, so nothing to expect of it.
const std::vector<std::string>& expectable() {
  static const std::vector<std::string> words = {"pass", "info",    "unsupported", "warn",
                                                 "fail", "blocked", "crash"};
  return words;
}

std::optional<Verdict> expectable_verdict(const std::string& word) {
  const auto& words = expectable();
  if (std::find(words.begin(), words.end(), word) == words.end()) return std::nullopt;
  return base::parse_verdict(word);
}

/// Reads one [[expect]].
class EntryReader {
 public:
  EntryReader(TomlReader& reader, Expectation& entry) : reader_(reader), entry_(entry) {}

  void read() {
    read_subject();
    read_verdicts();
    entry_.outcomes = reader_.strings("outcome").value_or(std::vector<std::string>{});
    entry_.reason = reader_.required_string("reason");
    if (reader_.has("reason") && entry_.reason.find_first_not_of(" \t\n") == std::string::npos)
      reader_.problem("reason", "an empty reason explains nothing", "say why the deviation is accepted");
    entry_.issue = reader_.string("issue").value_or("");
    entry_.client = reader_.word("client", {"stranger", "trusted"}).value_or("");
    read_until();
    check_that_it_says_something();
    reader_.finish();
  }

 private:
  void read_subject() {
    entry_.cases = reader_.strings("case").value_or(std::vector<std::string>{});
    entry_.requirement = reader_.string("requirement").value_or("");
    const bool has_cases = reader_.has("case"), has_requirement = reader_.has("requirement");
    if (has_cases && has_requirement)
      reader_.problem("requirement", "an entry names cases or a requirement, not both", "make two entries");
    if (!has_cases && !has_requirement)
      reader_.problem("", "an entry needs 'case' or 'requirement'",
                      "case = \"rfc5321/4.5.2-transparency/lock-step\", an id, a prefix or a glob");
    if (has_cases && reader_.node("case")->is_array() && entry_.cases.empty())
      reader_.problem("case", "an empty list of cases names nothing");
    for (const auto& pattern : entry_.cases) {
      if (pattern.find_first_not_of("*/ ") == std::string::npos)
        reader_.problem("case", fmt::format("'{}' names no case in particular", pattern),
                        "name those that deviate: what passes must not be muted");
    }
  }

  void read_verdicts() {
    const auto words = reader_.strings("verdict");
    if (!reader_.has("verdict")) reader_.required_string("verdict");
    for (const auto& word : words.value_or(std::vector<std::string>{})) {
      const auto verdict = expectable_verdict(word);
      if (verdict)
        entry_.verdicts.push_back(*verdict);
      else
        reader_.problem("verdict", fmt::format("'{}' is no verdict that can be expected", word), hint(word));
    }
    if (words && words->empty()) reader_.problem("verdict", "an empty list of verdicts expects nothing");
  }

  static std::string hint(const std::string& word) {
    const auto near = base::nearest_word(word, expectable());
    return fmt::format("{}it is one of {}", near.empty() ? "" : fmt::format("did you mean '{}'? ", near),
                       fmt::join(expectable(), ", "));
  }

  void read_until() {
    const auto* found = reader_.node("until");
    if (found == nullptr) return;
    const auto* date = found->as_date();
    if (date == nullptr)
      return reader_.problem("until", "'until' must be a date",
                             "write it without quotes: until = 2026-12-31");
    const auto day = date->get();
    entry_.until = fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day);
  }

  void check_that_it_says_something() {
    const auto& verdicts = entry_.verdicts;
    const auto is_clean = [](Verdict verdict) {
      return verdict == Verdict::pass || verdict == Verdict::info;
    };
    if (!verdicts.empty() && std::all_of(verdicts.begin(), verdicts.end(), is_clean) &&
        entry_.outcomes.empty())
      reader_.problem("verdict", "this expects nothing but what is green anyway",
                      "pin its 'outcome', or leave the entry out");
    const auto is_breach = [](Verdict verdict) {
      return verdict == Verdict::warn || verdict == Verdict::fail;
    };
    if (!entry_.requirement.empty() && !std::all_of(verdicts.begin(), verdicts.end(), is_breach))
      reader_.problem("verdict", "what is expected of a requirement is warn or fail",
                      "name the cases where it is something else");
  }

  TomlReader& reader_;
  Expectation& entry_;
};

// The same subject twice would leave open which entry counts.
void report_repeated(const base::TomlDocument& document, const ExpectationFile& file,
                     std::vector<Diagnostic>& problems) {
  std::map<std::pair<std::string, std::string>, std::uint32_t> seen;
  for (const auto& entry : file.entries) {
    auto subjects = entry.cases;
    if (!entry.requirement.empty()) subjects.push_back(entry.requirement);
    for (const auto& subject : subjects) {
      const auto [first, fresh] = seen.emplace(std::pair{subject, entry.client}, entry.position.line);
      if (fresh) continue;
      problems.push_back(document.problem(
          entry.position, fmt::format("'{}' has an entry in line {} already", subject, first->second),
          "one entry says all that is expected of it; 'verdict' may be a list"));
    }
  }
}

void read_entries(const base::TomlDocument& document, TomlReader& root, ExpectationFile& file,
                  std::vector<Diagnostic>& problems) {
  const auto* found = root.node("expect");
  if (found == nullptr) return;
  const auto* entries = found->as_array();
  const auto is_block = [](const toml::node& one) { return one.is_table() && !one.as_table()->is_inline(); };
  if (entries == nullptr || !std::all_of(entries->begin(), entries->end(), is_block)) {
    return root.problem("expect", "an entry is a block of its own",
                        "write [[expect]] on a line, its keys below");
  }
  for (const auto& one : *entries) {
    TomlReader reader(document, *one.as_table(), "an entry", problems);
    auto& entry = file.entries.emplace_back();
    entry.position = reader.position();
    EntryReader(reader, entry).read();
  }
}

// Keywords of EHLO are the same in every case, the words of a target file are not.
void to_keywords(std::vector<std::string>& words) {
  for (auto& word : words) {
    for (auto& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
}

void read_offers(const base::TomlDocument& document, TomlReader& root, ExpectationFile& file,
                 std::vector<Diagnostic>& problems) {
  const auto* found = root.node("offers");
  if (found == nullptr) return;
  if (!found->is_table() || found->as_table()->is_inline())
    return root.problem("offers", "what is offered is a table of its own",
                        "write [offers] on a line, and below it smtp = [\"STARTTLS\"]");
  TomlReader reader(document, *found->as_table(), "[offers]", problems);
  for (const auto& place : places_of_offers()) {
    auto words = reader.strings(place);
    if (!words) continue;
    if (place != "target") to_keywords(*words);
    file.offers.emplace(place, std::move(*words));
  }
  reader.finish();
}

}  // namespace

base::Loaded<ExpectationFile> read_expectations(const base::TomlDocument& document) {
  ExpectationFile file;
  file.name = document.name();
  std::vector<Diagnostic> problems;
  TomlReader root(document, document.root(), "an expectation file", problems);
  file.target = root.string("target").value_or("");
  read_offers(document, root, file, problems);
  read_entries(document, root, file, problems);
  root.finish();
  report_repeated(document, file, problems);
  if (problems.empty()) return file;
  std::stable_sort(problems.begin(), problems.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.position.line < b.position.line;
  });
  return problems;
}

base::Loaded<ExpectationFile> parse_expectations(std::string text, const std::string& name) {
  const auto document = base::TomlDocument::parse(std::move(text), name);
  if (!document) return document.problems();
  return read_expectations(*document);
}

// A version of the same server, postfix@trixie, may well be held against what is known of postfix.
bool is_about(const ExpectationFile& file, std::string_view target_name) {
  return file.target.empty() || file.target == target_name || file.target == result::server_of(target_name);
}

base::Loaded<std::string> read_expectation_text(const std::filesystem::path& path) {
  const auto problem = [&](std::string message, std::string hint) {
    Diagnostic made;
    made.position.file = base::escape_for_display(path.native());
    made.message = std::move(message);
    made.hint = std::move(hint);
    return made;
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return problem("this is a folder, not an expectation file", "name a file in it");
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return problem(fmt::format("this file can't be opened: {}", std::strerror(errno)),
                   "`smtpspec expect update FILE results.json` makes one");
  std::string text(base::TomlDocument::max_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

bool is_to_be_written(std::string_view reason) {
  return reason.starts_with(reason_to_be_written);
}

std::string place_of(const Expectation& entry) {
  return fmt::format("{}:{}", entry.position.file, entry.position.line);
}

std::string words_of(const std::vector<Verdict>& verdicts) {
  std::vector<std::string_view> words;
  for (const auto verdict : verdicts) words.push_back(base::to_string(verdict));
  return fmt::format("{}", fmt::join(words, " or "));
}

}  // namespace smtpspec::gate
