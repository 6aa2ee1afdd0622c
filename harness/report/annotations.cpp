// SPDX-License-Identifier: Apache-2.0
#include "report/annotations.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/case_text.hpp"
#include "report/deltas.hpp"
#include "report/paint.hpp"
#include "report/shown.hpp"
#include "result/main_finding.hpp"

namespace smtpspec::report {
namespace {

using base::Verdict;
using gate::Delta;
using result::CaseResult;
using result::Run;

constexpr std::size_t widest_word = 200;
constexpr std::size_t widest_answer = 400;

// What tells most about the target first; a blocked case is often one of many with one cause.
int rank(const Annotation& annotation) {
  if (!annotation.red) return 10;
  switch (annotation.verdict) {
    case Verdict::crash:
      return 0;
    case Verdict::fail:
      return 1;
    case Verdict::error:
      return 2;
    case Verdict::blocked:
      return 3;
    case Verdict::warn:
      return 4;
    case Verdict::unsupported:
      return 5;
    case Verdict::pass:
    case Verdict::info:
      break;
  }
  return 6;
}

std::string line_of(std::string_view label, std::string_view text) {
  return text.empty() ? std::string() : fmt::format("\n{}: {}", label, text);
}

std::string message_of(const Run& run, const CaseResult& result, const gate::CaseDecision& decision) {
  auto text = case_message(result, decision);
  const auto* finding = main_finding(result);
  if (finding != nullptr) {
    text += line_of("expected", shown(finding->expected, widest_answer)) +
            line_of("actual", shown(finding->actual, widest_answer));
  }
  const auto& ids =
      finding != nullptr && !finding->requirements.empty() ? finding->requirements : result.covers;
  for (const auto& requirement : run.requirements) {
    if (std::find(ids.begin(), ids.end(), requirement.id) == ids.end()) continue;
    text += line_of("requires",
                    fmt::format("{} {}, RFC {} section {}", shown(requirement.id, widest_word),
                                shown(requirement.level, widest_word), shown(requirement.rfc, widest_word),
                                shown(requirement.section, widest_word)));
  }
  if (decision.delta != Delta::unexpected_pass)
    text += line_of("gate", shown(decision.reason, widest_answer));
  return text + line_of("run again", rerun_command(run, result));
}

// Where the entry is what must be changed, it is pointed at.
bool is_about_the_entry(const gate::CaseDecision& decision) {
  return decision.entry.line != 0 && decision.red;
}

Annotation annotation_of(const Run& run, const CaseResult& result, const gate::CaseDecision& decision) {
  Annotation made;
  made.red = decision.red;
  made.verdict = result.verdict;
  made.id = result.id;
  if (is_about_the_entry(decision)) {
    made.file = decision.entry.file;
    made.line = decision.entry.line;
  } else {
    const auto* finding = main_finding(result);
    made.file = result.position.file;
    made.line = finding != nullptr && finding->line != 0 ? finding->line : result.position.line;
  }
  const auto delta = red_delta(decision);
  made.title = fmt::format("{}{}{} {}", base::to_string(result.verdict), delta.empty() ? "" : ", ", delta,
                           shown(result.id, widest_word));
  made.message = message_of(run, result, decision);
  return made;
}

// GitHub's own escapes; a property ends at a colon or comma too.
std::string escape_data(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%')
      out += "%25";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else
      out += c;
  }
  return out;
}

std::string escape_property(std::string_view text) {
  std::string out;
  for (const char c : escape_data(text)) {
    if (c == ':')
      out += "%3A";
    else if (c == ',')
      out += "%2C";
    else
      out += c;
  }
  return out;
}

std::string github_line(const Annotation& one) {
  const auto file = escape_property(shown(one.file, widest_word));
  const auto place = file.empty() ? file : fmt::format("file={},line={},", file, std::max(one.line, 1u));
  return fmt::format("::{} {}title={}::{}\n", one.red ? "error" : "warning", place,
                     escape_property(one.title), escape_data(one.message));
}

std::size_t count_of(const std::vector<Annotation>& all, bool red) {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const Annotation& one) { return one.red == red; }));
}

// At most so many of them; when some are left out, the last place is for their number.
std::size_t places_for(std::size_t count) {
  return count <= most_annotations ? count : most_annotations - 1;
}

std::string github_lines(const std::vector<Annotation>& all, bool red) {
  const auto count = count_of(all, red);
  std::string text;
  std::size_t written = 0;
  for (const auto& one : all) {
    if (one.red == red && written < places_for(count)) text += github_line(one), ++written;
  }
  if (written < count)
    text += fmt::format("::{} title=smtpspec::{} more {} not shown here: see the log or the reports\n",
                        red ? "error" : "warning", count - written, red ? "red cases are" : "warnings are");
  return text;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// FNV-1a: the same case of the same target is the same finding in the next pipeline.
std::string fingerprint(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char octet : text) hash = (hash ^ static_cast<unsigned char>(octet)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

std::string severity_of(const Annotation& one) {
  if (!one.red) return "minor";
  if (one.verdict == Verdict::crash) return "blocker";
  if (one.verdict == Verdict::fail) return "critical";
  return "major";
}

}  // namespace

std::vector<Annotation> annotations(const Run& run, const gate::Decision& decision) {
  std::vector<Annotation> all;
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const auto& result = run.cases[i];
    const auto& decided = decision.cases[i];
    const bool is_told = result.verdict == Verdict::warn && !is_known_deviation(result, decided);
    if (decided.red || is_told) all.push_back(annotation_of(run, result, decided));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Annotation& a, const Annotation& b) { return rank(a) < rank(b); });
  return all;
}

std::string github_annotations(const Run& run, const gate::Decision& decision) {
  const auto all = annotations(run, decision);
  return github_lines(all, true) + github_lines(all, false);
}

std::string plain_annotations(const Run& run, const gate::Decision& decision, bool colour) {
  const Paint paint(colour);
  const auto all = annotations(run, decision);
  std::string text;
  for (const bool red : {true, false}) {
    const auto count = count_of(all, red);
    const auto word = paint(red ? Colour::red : Colour::yellow, red ? "ERROR" : "WARNING");
    std::size_t written = 0;
    for (const auto& one : all) {
      if (one.red != red || written == places_for(count)) continue;
      text += fmt::format("{}: {}: {} ({}{})\n", word, one.title, first_line(one.message),
                          shown(one.file, widest_word), one.line == 0 ? "" : fmt::format(":{}", one.line));
      ++written;
    }
    if (written < count)
      text += fmt::format("{}: {} more, see the details or the reports\n", word, count - written);
  }
  return text;
}

std::string code_quality(const Run& run, const gate::Decision& decision) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& one : annotations(run, decision)) {
    nlohmann::ordered_json entry;
    entry["description"] = fmt::format("{}: {}", one.title, first_line(one.message));
    entry["check_name"] = shown(one.id, widest_word);
    entry["fingerprint"] = fingerprint(run.target.name + "\n" + one.id);
    entry["severity"] = severity_of(one);
    entry["location"]["path"] = shown(one.file.empty() ? std::string("smtpspec") : one.file, widest_word);
    entry["location"]["lines"]["begin"] = std::max(one.line, 1u);
    list.push_back(std::move(entry));
  }
  return list.dump(1) + "\n";
}

}  // namespace smtpspec::report
