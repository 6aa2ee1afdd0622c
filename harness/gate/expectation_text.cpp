// SPDX-License-Identifier: Apache-2.0
#include "gate/expectation_text.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace smtpspec::gate {
namespace {

// A basic string of TOML. What a target sent was escaped for display before; here only TOML's own marks are
// left.
std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += std::string("\\") + c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + "\"";
}

// Lines of several words: what is offered is read, and compared, as a whole.
std::string list_of(const std::vector<std::string>& words) {
  constexpr std::size_t widest = 100;
  std::string one_line, lines, line;
  for (const auto& word : words) {
    const auto quoted = toml_string(word);
    one_line += (one_line.empty() ? "" : ", ") + quoted;
    if (!line.empty() && line.size() + quoted.size() > widest) lines += "  " + std::exchange(line, "") + "\n";
    line += (line.empty() ? "" : " ") + quoted + ",";
  }
  return one_line.size() <= widest ? "[" + one_line + "]" : "[\n" + lines + "  " + line + "\n]";
}

// Several words one below the other where they are long.
std::string value_of(const std::vector<std::string>& words) {
  if (words.size() == 1) return toml_string(words.front());
  constexpr std::size_t widest = 80;
  std::string one_line, lines;
  for (const auto& word : words) {
    one_line += (one_line.empty() ? "" : ", ") + toml_string(word);
    lines += "  " + toml_string(word) + ",\n";
  }
  return one_line.size() <= widest ? "[" + one_line + "]" : "[\n" + lines + "]";
}

std::string line_of(std::string_view key, const std::string& value) {
  return fmt::format("{:<7} = {}\n", key, value);
}

std::vector<std::string> words_for(const std::vector<base::Verdict>& verdicts) {
  std::vector<std::string> words;
  for (const auto verdict : verdicts) words.emplace_back(base::to_string(verdict));
  return words;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

bool is_comment(std::string_view line) {
  const auto first = line.find_first_not_of(" \t");
  return first != std::string_view::npos && line[first] == '#';
}

}  // namespace

std::string to_toml(const Expectation& entry) {
  const std::string_view subject = entry.requirement.empty() ? "case" : "requirement";
  const auto width = std::max(subject.size(), std::string_view("verdict").size());
  std::string text = "[[expect]]\n";
  const auto add = [&](std::string_view key, const std::string& value) {
    text += fmt::format("{:<{}} = {}\n", key, width, value);
  };
  add(subject, entry.requirement.empty() ? value_of(entry.cases) : toml_string(entry.requirement));
  add("verdict", value_of(words_for(entry.verdicts)));
  if (!entry.outcomes.empty()) add("outcome", value_of(entry.outcomes));
  if (!entry.client.empty()) add("client", toml_string(entry.client));
  add("reason", toml_string(entry.reason.empty() ? std::string(reason_to_be_written) : entry.reason));
  if (!entry.issue.empty()) add("issue", toml_string(entry.issue));
  if (!entry.until.empty()) add("until", entry.until);
  return text;
}

base::Loaded<ExpectationText> ExpectationText::parse(std::string text, const std::string& name) {
  auto document = base::TomlDocument::parse(std::move(text), name);
  if (!document) return document.problems();
  auto file = read_expectations(*document);
  if (!file) return file.problems();
  return ExpectationText(std::move(*document), std::move(*file));
}

const toml::table& ExpectationText::table(std::size_t entry) const {
  return *document_.root().get("expect")->as_array()->get(entry)->as_table();
}

void ExpectationText::set(std::size_t entry, std::string_view key, const std::vector<std::string>& words) {
  const auto& keys = table(entry);
  if (const auto* known = keys.get(key)) {
    const auto [begin, end] = document_.range_of(*known);
    std::erase_if(changes_, [at = begin](const Change& earlier) { return earlier.begin == at; });
    changes_.push_back({begin, end, value_of(words)});
    return;
  }
  // Below the verdict, which every entry has.
  const auto below = document_.text().find('\n', document_.range_of(*keys.get("verdict")).second);
  const auto place = below == std::string::npos ? document_.text().size() : below + 1;
  changes_.push_back(
      {place, place, (below == std::string::npos ? "\n" : "") + line_of(key, value_of(words))});
}

std::size_t ExpectationText::end_of_line(const toml::node& value) const {
  const auto end = document_.text().find('\n', document_.range_of(value).second);
  return end == std::string::npos ? document_.text().size() : end + 1;
}

// Below `target`, else above the first entry, else at the end.
std::size_t ExpectationText::place_for_offers() const {
  if (const auto* target = document_.root().get("target")) return end_of_line(*target);
  return file_.entries.empty() ? document_.text().size() : document_.offset_of_line(first_line(0));
}

void ExpectationText::set_offers(const result::Offers& offers) {
  const auto* known = document_.root().get("offers");
  const auto* table = known == nullptr ? nullptr : known->as_table();
  std::string lines;
  std::size_t last = table == nullptr ? 0 : document_.offset_of_line(document_.position_of(*table).line + 1);
  for (const auto& [where, words] : offers) {
    const auto* value = table == nullptr ? nullptr : table->get(where);
    const auto text = words.empty() ? std::string("[]") : list_of(words);
    if (value == nullptr) {
      lines += fmt::format("{} = {}\n", where, text);
    } else {
      last = std::max(last, end_of_line(*value));
      if (file_.offers.at(where) == words) continue;
      const auto [begin, end] = document_.range_of(*value);
      changes_.push_back({begin, end, text});
    }
  }
  if (lines.empty()) return;
  const auto place = table == nullptr ? place_for_offers() : last;
  const auto& before = document_.text();
  const std::string ends_line = place > 0 && before[place - 1] != '\n' ? "\n" : "";
  if (table != nullptr) return changes_.push_back({place, place, ends_line + lines});
  const bool is_below = place > 0 && !before.substr(0, place).ends_with("\n\n");
  const bool is_above = place < before.size() && before[place] != '\n';
  changes_.push_back(
      {place, place, ends_line + (is_below ? "\n" : "") + "[offers]\n" + lines + (is_above ? "\n" : "")});
}

// The line of its comment where one stands directly above, else of its header.
std::size_t ExpectationText::first_line(std::size_t entry) const {
  return with_comment(file_.entries[entry].position.line);
}

std::size_t ExpectationText::with_comment(std::size_t header) const {
  std::size_t line = header;
  while (line > 1 && is_comment(document_.line(line - 1))) --line;
  return line == 1 ? header : line;
}

// What stands below an entry: the next one, or [offers] where that comes first; at the end of the file
// nothing.
std::optional<std::size_t> ExpectationText::first_line_below(std::size_t entry) const {
  std::optional<std::size_t> below;
  if (entry + 1 < file_.entries.size()) below = first_line(entry + 1);
  const auto* offers = document_.root().get("offers");
  if (offers == nullptr) return below;
  const std::size_t header = document_.position_of(*offers).line;
  const bool is_below = header > file_.entries[entry].position.line;
  return is_below && (!below || header < *below) ? with_comment(header) : below;
}

void ExpectationText::remove(std::size_t entry) {
  const auto below = first_line_below(entry);
  auto begin = document_.offset_of_line(first_line(entry));
  const auto end = below ? document_.offset_of_line(*below) : document_.text().size();
  if (!below) {
    for (auto line = first_line(entry); line > 1 && is_blank(document_.line(line - 1)); --line)
      begin = document_.offset_of_line(line - 1);
  }
  changes_.push_back({begin, end, ""});
}

base::Diagnostic ExpectationText::problem_at(std::size_t entry, std::string_view key, std::string message,
                                             std::string hint) const {
  const auto* known = table(entry).get(key);
  const auto place = known != nullptr ? document_.position_of(*known) : file_.entries[entry].position;
  return document_.problem(place, std::move(message), std::move(hint));
}

base::Diagnostic ExpectationText::problem_at_offer(const std::string& where, std::string message,
                                                   std::string hint) const {
  const auto* place = document_.root().get("offers")->as_table()->get(where);
  return document_.problem(document_.position_of(*place), std::move(message), std::move(hint));
}

void ExpectationText::append(const Expectation& entry) {
  added_ += (added_.empty() ? "" : "\n") + to_toml(entry);
}

std::string ExpectationText::changed_text() const {
  auto changes = changes_;
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.begin > b.begin; });
  auto text = document_.text();
  for (const auto& change : changes) text.replace(change.begin, change.end - change.begin, change.text);
  if (added_.empty()) return text;
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text + (text.empty() || text.ends_with("\n\n") ? "" : "\n") + added_;
}

}  // namespace smtpspec::gate
