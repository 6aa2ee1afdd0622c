// SPDX-License-Identifier: Apache-2.0
#include "scenario/loader.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "scenario/each_rows.hpp"
#include "scenario/read_parts.hpp"
#include "scenario/roles.hpp"

namespace smtpspec::scenario {
namespace {

using base::Diagnostic;
using base::SourcePosition;

constexpr std::size_t most_cases = 5000;

const TableShape& file_shape() {
  static const TableShape shape("a scenario file", {&file_keys()});
  return shape;
}

const TableShape& scenario_shape() {
  static const TableShape shape("a scenario", {&scenario_keys(), &prelude_keys()});
  return shape;
}

const TableShape& rule_shape() {
  static const TableShape shape("a rule", {&rule_keys()});
  return shape;
}

bool is_blank_or_comment(const std::string& line) {
  const auto first = line.find_first_not_of(" \t");
  return first == std::string::npos || line[first] == '#';
}

// The lines of a scenario: from its header to the next one, without what stands before that.
std::vector<std::string> block_of_lines(const base::TomlDocument& document, std::size_t first,
                                        std::size_t behind) {
  std::vector<std::string> lines;
  for (auto number = first; number < behind; ++number) lines.push_back(document.line(number));
  while (!lines.empty() && is_blank_or_comment(lines.back())) lines.pop_back();
  return lines;
}

void read_rule(const TableReader& table, Case& scenario) {
  const auto* value = table.get("rule");
  if (value) {
    const TableReader rule(table.reading(), *table.reading().resolve(*value).as_table(), rule_shape());
    scenario.rule = Rule{rule.text("text"), rule.text("level"), rule.text("ref")};
  }
  const bool covers = table.has("covers");
  if (covers && value) table.problem("rule", "a scenario has 'covers' or 'rule'", "keep one of the two");
  if (!covers && !value) {
    table.problem("covers", "this scenario says not what it checks",
                  "covers = [\"R5321-4.5.2-b\"], or outside the bundled suite rule = { text, level, ref }");
  }
}

// What a row says in place of the scenario, or on top of it.
void read_row_itself(Reading& reading, const EachRow& row, Case& scenario) {
  const TableReader table(reading, *row.table, row_shape());
  scenario.id += "/" + row.row.name;
  if (table.has("title")) scenario.title = table.text("title");
  if (table.has("covers")) scenario.covers = table.texts("covers");
  read_needs(table, scenario.needs);
}

void read_head(const TableReader& table, Case& scenario) {
  scenario.id = table.text("id");
  scenario.title = table.text("title");
  scenario.why = table.text("why");
  scenario.position = table.position();
  scenario.covers = table.texts("covers");
  read_rule(table, scenario);
  read_role(table, scenario);
  if (table.get("on")) scenario.on = table.text("on");
  scenario.client = table.text("client");
  read_needs(table, scenario.needs);
  scenario.force = table.flag("force").value_or(false);
  scenario.tags = table.texts("tags");
  scenario.slow = table.flag("slow").value_or(false);
  scenario.exclusive = table.flag("exclusive").value_or(false);
  scenario.disruptive = table.flag("disruptive").value_or(false);
  scenario.since = table.text("since");
}

void read_dialogue(const TableReader& table, Case& scenario) {
  auto& reading = table.reading();
  scenario.prelude = read_prelude(table);
  if (const auto* steps = table.get("steps")) scenario.steps = read_steps(reading, *steps);
  if (const auto* delivered = table.get("delivered"))
    scenario.delivered = read_deliveries(reading, *delivered);
  name_sessions(scenario);
  check_names(reading, scenario);
  check_role(reading, scenario);
}

// Reads one file from top to bottom; problems and remarks are collected beside.
class FileReader {
 public:
  FileReader(const base::TomlDocument& document, std::string_view id_prefix, Extent extent,
             std::vector<Diagnostic>& problems)
      : document_(&document),
        prefix_(id_prefix),
        extent_(extent),
        reading_(document, problems, file_.remarks) {}

  ScenarioFile read() {
    const TableReader table(reading_, document_->root(), file_shape());
    file_.spec = table.text("spec");
    file_.section = table.text("section");
    since_ = table.text("since");
    const auto* scenarios = table.get("scenario");
    if (!scenarios) return std::move(file_);
    const auto& list = *scenarios->as_array();
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto behind =
          i + 1 < list.size() ? document_->position_of(list[i + 1]).line : document_->line_count() + 1;
      read_scenario(*list[i].as_table(), behind);
    }
    return std::move(file_);
  }

 private:
  void read_scenario(const toml::table& written, std::size_t behind) {
    const auto* each = written.get("each");
    std::vector<std::string> lines;
    if (extent_ == Extent::whole)
      lines = block_of_lines(*document_, document_->position_of(written).line, behind);
    check_id(written);
    if (!each || !has_shape(reading_, *each, Shape::rows)) {
      add(read_one(written, nullptr, nullptr), lines);
      return;
    }
    auto rows = read_rows(reading_, *each->as_array());
    std::set<std::string> used;
    for (auto& row : rows) {
      if (file_.cases.size() >= most_cases) return;
      add(read_one(written, &row, &used), lines);
    }
    if (extent_ == Extent::whole) remark_unused_columns(reading_, rows, used);
  }

  Case read_one(const toml::table& written, EachRow* row, std::set<std::string>* used) {
    reading_.enter_row(row ? &row->row : nullptr, used);
    const TableReader table(reading_, written, scenario_shape());
    Case scenario;
    read_head(table, scenario);
    if (extent_ == Extent::whole) read_dialogue(table, scenario);
    if (row) read_row_itself(reading_, *row, scenario);
    reading_.enter_row(nullptr, nullptr);
    return scenario;
  }

  void check_id(const toml::table& written) {
    const auto* id = written.get("id");
    if (!id || !id->is_string()) return;
    const auto text = reading_.text(*id);
    if (!is_id(text)) {
      reading_.problem(*id, fmt::format("'{}' is no id", text), "small letters and digits, joined by '-'");
    } else if (!ids_.insert(text).second) {
      reading_.problem(*id, fmt::format("another scenario of this file has the id '{}' too", text),
                       "an id names one scenario for ever");
    }
  }

  void add(Case scenario, const std::vector<std::string>& lines) {
    scenario.id = fmt::format("{}/{}", prefix_, scenario.id);
    scenario.spec = file_.spec;
    scenario.section = file_.section;
    if (scenario.since.empty()) scenario.since = since_;
    scenario.source_lines = lines;
    file_.cases.push_back(std::move(scenario));
  }

  const base::TomlDocument* document_;
  std::string prefix_;
  Extent extent_;
  ScenarioFile file_;
  Reading reading_;
  std::string since_;
  std::set<std::string> ids_;
};

// The rows of one scenario share their mistakes: each is said once, in the order of the file.
void tidy(std::vector<Diagnostic>& diagnostics) {
  const auto key = [](const Diagnostic& d) {
    return std::tie(d.position.line, d.position.column, d.message);
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  const auto end = std::unique(diagnostics.begin(), diagnostics.end(),
                               [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); });
  diagnostics.erase(end, diagnostics.end());
}

base::Loaded<ScenarioFile> load(const base::Loaded<base::TomlDocument>& document, std::string_view id_prefix,
                                Extent extent) {
  if (!document) return document.problems();
  std::vector<Diagnostic> problems;
  auto file = FileReader(*document, id_prefix, extent, problems).read();
  tidy(problems);
  if (!problems.empty()) return problems;
  tidy(file.remarks);
  return file;
}

}  // namespace

base::Loaded<ScenarioFile> load_file(const std::filesystem::path& path, std::string_view id_prefix,
                                     Extent extent) {
  return load(base::TomlDocument::read(path), id_prefix, extent);
}

base::Loaded<ScenarioFile> load_text(std::string text, std::string name, std::string_view id_prefix,
                                     Extent extent) {
  return load(base::TomlDocument::parse(std::move(text), std::move(name)), id_prefix, extent);
}

}  // namespace smtpspec::scenario
