// SPDX-License-Identifier: Apache-2.0
#include "report/junit.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/display.hpp"
#include "report/case_text.hpp"
#include "report/deltas.hpp"
#include "report/shown.hpp"
#include "result/main_finding.hpp"

// pugixml writes byte 1 as `&#01;`, which no XML reader takes, and passes invalid UTF-8 through: whatever
// comes here was escaped for display before (case_text, shown), so that only XML's own characters are left to
// it.
namespace smtpspec::report {
namespace {

using base::Verdict;
using gate::CaseDecision;
using gate::Delta;
using result::CaseResult;
using result::Run;

constexpr std::size_t widest_name = 1000;

std::string name_part(std::string_view text) {
  std::string part;
  for (const char c : text) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    part += kept ? c : '_';
  }
  return part.empty() ? "_" : part;
}

// "RFC 5321" -> "rfc5321"
std::string spec_part(std::string_view spec) {
  std::string word;
  for (const char c : spec) {
    if (c != ' ') word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name_part(word);
}

// --- What stands in a testcase ---

struct Element {
  const char* name;  ///< failure, error, skipped
  std::string type;
};

Element red_element(const CaseResult& result, const CaseDecision& decision) {
  switch (result.verdict) {
    case Verdict::blocked:
    case Verdict::crash:
    case Verdict::error:
      return {"error", std::string(base::to_string(result.verdict))};
    case Verdict::fail:
      return {"failure", "MUST"};
    case Verdict::warn:
      return {"failure", "SHOULD"};
    default:
      break;
  }
  if (decision.delta != Delta::none) return {"failure", std::string(to_string(decision.delta))};
  return {"failure", result.verdict == Verdict::unsupported ? "required" : "gate"};
}

// At most one: nothing for a case that passes the gate by what the target did.
std::optional<Element> result_element(const CaseResult& result, const CaseDecision& decision) {
  if (decision.red) return red_element(result, decision);
  if (is_known_deviation(result, decision)) return Element{"skipped", "known-deviation"};
  if (result.verdict == Verdict::unsupported) return Element{"skipped", "unsupported"};
  return std::nullopt;
}

std::string element_message(const CaseResult& result, const CaseDecision& decision, const Element& element) {
  const auto message = case_message(result, decision);
  if (element.type != "known-deviation" || decision.reason.empty()) return message;
  return shown(decision.reason, widest_name) + ": " + message;
}

// GitLab shows the text alone, others the message alone: the text says everything, the message first.
std::string element_text(const Run& run, const CaseResult& result, const CaseDecision& decision,
                         const Element& element) {
  const CaseTextOptions options{element.name != std::string_view("skipped"), false};
  const auto text = case_text(run, result, decision, options, Paint());
  const auto message = element_message(result, decision, element);
  return message + "\n" + text.substr(text.find('\n') + 1);
}

// --- The tree ---

std::string seconds(std::chrono::nanoseconds time) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(time).count());
}

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  std::chrono::nanoseconds time{0};

  void add(const CaseResult& result, const CaseDecision& decision) {
    const auto element = result_element(result, decision);
    const std::string_view name = element ? element->name : "";
    ++tests;
    failures += name == "failure";
    errors += name == "error";
    skipped += name == "skipped";
    time += result.duration;
  }
};

struct Suite {
  std::string classname;
  std::vector<std::size_t> cases;  ///< indices into the run
  Counts counts;
};

// One suite per section of a specification, in the order in which they first appear.
std::vector<Suite> suites_of(const Run& run, const gate::Decision& decision) {
  std::vector<Suite> suites;
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const auto classname = junit_classname(run.target, run.cases[i]);
    auto suite =
        std::find_if(suites.begin(), suites.end(), [&](const Suite& s) { return s.classname == classname; });
    if (suite == suites.end()) suite = suites.insert(suites.end(), Suite{classname, {}, {}});
    suite->cases.push_back(i);
    suite->counts.add(run.cases[i], decision.cases[i]);
  }
  return suites;
}

void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(value.c_str());
}

void set_counts(pugi::xml_node node, const Counts& counts) {
  set(node, "tests", std::to_string(counts.tests));
  set(node, "failures", std::to_string(counts.failures));
  set(node, "errors", std::to_string(counts.errors));
}

// `2026-01-31T12:00:00Z` without the Z: the copied XSDs take no zone, and readers assume UTC.
std::string timestamp_of(const Run& run) {
  constexpr std::size_t length = std::string_view("2026-01-31T12:00:00").size();
  const bool is_utc = run.started.size() > length && run.started.back() == 'Z';
  return is_utc ? shown(run.started.substr(0, length), length) : std::string();
}

void add_properties(pugi::xml_node node, const Run& run) {
  auto properties = node.append_child("properties");
  const std::pair<const char*, const std::string*> all[] = {{"target", &run.target.name},
                                                            {"software", &run.target.software},
                                                            {"version", &run.target.version},
                                                            {"address", &run.target.address},
                                                            {"smtpspec.version", &run.tool_version},
                                                            {"smtpspec.suite", &run.suite_version},
                                                            {"smtpspec.aborted", &run.aborted},
                                                            {"smtpspec.expectations", &run.expectations.file},
                                                            {"smtpspec.shard", &run.shard}};
  for (const auto& [name, value] : all) {
    if (value->empty()) continue;
    auto property = properties.append_child("property");
    set(property, "name", name);
    set(property, "value", shown(*value, widest_name));
  }
}

/// Names that stay unique within a classname: a case that ran twice (--repeat) has a number at its second
/// name.
class UniqueNames {
 public:
  std::string of(const std::string& classname, const std::string& id) {
    auto name = shown(id, widest_name);
    for (int n = 2; !taken_.insert({classname, name}).second; ++n)
      name = fmt::format("{} #{}", shown(id, widest_name), n);
    return name;
  }

 private:
  std::set<std::pair<std::string, std::string>> taken_;
};

void add_file_and_line(pugi::xml_node node, const CaseResult& result) {
  const auto* finding = main_finding(result);
  const auto line = finding != nullptr && finding->line != 0 ? finding->line : result.position.line;
  set(node, "file", shown(result.position.file, widest_name));
  if (line != 0) set(node, "line", std::to_string(line));
}

void add_text(pugi::xml_node node, const std::string& text) {
  node.append_child(pugi::node_pcdata).set_value(text.c_str());
}

void add_result(pugi::xml_node node, const Run& run, const CaseResult& result, const CaseDecision& decision) {
  if (const auto element = result_element(result, decision)) {
    auto child = node.append_child(element->name);
    set(child, "message", element_message(result, decision, *element));
    set(child, "type", element->type);
    add_text(child, element_text(run, result, decision, *element));
  } else if (result.verdict == Verdict::warn) {
    add_text(node.append_child("system-out"),
             "warn: " + case_text(run, result, decision, {true, false}, Paint()));
  } else if (!result.outcome.empty()) {
    add_text(node.append_child("system-out"),
             fmt::format("{}: {}\n", base::to_string(result.verdict), shown(result.outcome, widest_name)));
  }
}

void add_suite(pugi::xml_node root, const Run& run, const gate::Decision& decision, const Suite& suite,
               const JunitOptions& options) {
  auto node = root.append_child("testsuite");
  set(node, "name", suite.classname);
  set_counts(node, suite.counts);
  set(node, "skipped", std::to_string(suite.counts.skipped));
  set(node, "time", seconds(suite.counts.time));
  if (const auto timestamp = timestamp_of(run); !timestamp.empty()) set(node, "timestamp", timestamp);
  add_properties(node, run);
  UniqueNames names;
  for (const auto i : suite.cases) {
    auto test = node.append_child("testcase");
    set(test, "name", names.of(suite.classname, run.cases[i].id));
    set(test, "classname", suite.classname);
    set(test, "time", seconds(run.cases[i].duration));
    if (options.file_and_line) add_file_and_line(test, run.cases[i]);
    add_result(test, run, run.cases[i], decision.cases[i]);
  }
}

std::string to_text(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, " ", pugi::format_indent, pugi::encoding_utf8);
  return std::move(out).str();
}

}  // namespace

std::string junit_classname(const result::TargetFacts& target, const CaseResult& result) {
  const auto spec = result.spec.empty() ? result.id.substr(0, result.id.find('/')) : result.spec;
  auto classname = name_part(target.name) + "." + spec_part(spec);
  if (!result.section.empty()) classname += ".s" + name_part(result.section);
  return classname;
}

std::string junit(const Run& run, const gate::Decision& decision, const JunitOptions& options) {
  pugi::xml_document document;
  auto declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  auto root = document.append_child("testsuites");
  Counts all;
  for (std::size_t i = 0; i < run.cases.size(); ++i) all.add(run.cases[i], decision.cases[i]);
  set(root, "name", "smtpspec");
  set_counts(root, all);
  set(root, "time", seconds(run.duration));
  for (const auto& suite : suites_of(run, decision)) add_suite(root, run, decision, suite, options);
  return to_text(document);
}

}  // namespace smtpspec::report
