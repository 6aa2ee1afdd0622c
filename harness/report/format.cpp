// SPDX-License-Identifier: Apache-2.0
#include "report/format.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/display.hpp"
#include "base/nearest_word.hpp"
#include "report/console.hpp"
#include "report/html.hpp"
#include "report/junit.hpp"
#include "report/markdown.hpp"
#include "result/results_json.hpp"

namespace smtpspec::report {
namespace {

using base::Diagnostic;
using gate::Decision;
using result::Run;
using result::WriteFailure;

std::string render_junit(const Run& run, const Decision& decision, std::string_view option) {
  return junit(run, decision, {option == "gitlab"});
}

std::string render_json(const Run& run, const Decision&, std::string_view) {
  return result::to_json(run);
}

std::string render_text(const Run& run, const Decision& decision, std::string_view option) {
  return console(run, decision, {false, true, option == "verbose"});
}

std::string render_markdown(const Run& run, const Decision& decision, std::string_view) {
  return markdown(run, decision);
}

std::string render_html(const Run& run, const Decision& decision, std::string_view) {
  return html(run, decision);
}

constexpr const char* usage = "write --report FORMAT:PATH[:OPTION], for example --report junit:out/junit.xml";

Diagnostic problem(std::string message, std::string hint) {
  Diagnostic made;
  made.position.file = "--report";
  made.message = std::move(message);
  made.hint = std::move(hint);
  return made;
}

std::string quoted(std::string_view text) {
  return fmt::format("'{}'", base::escape_for_display(text));
}

Diagnostic unknown_word(const char* what, std::string_view written, const std::vector<std::string>& known) {
  const auto nearest = base::nearest_word(written, known);
  const auto guess = nearest.empty() ? std::string() : fmt::format("did you mean '{}'? ", nearest);
  return problem(fmt::format("unknown {} {}", what, quoted(written)),
                 fmt::format("{}there is: {}", guess, fmt::join(known, ", ")));
}

const Format* find_format(std::string_view name) {
  for (const auto& format : formats()) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const auto& format : formats()) names.push_back(format.name);
  return names;
}

// A word of small letters after the last colon; a path may have colons of its own elsewhere.
std::string_view option_of(std::string_view path_and_option) {
  const auto colon = path_and_option.rfind(':');
  if (colon == std::string_view::npos) return {};
  const auto word = path_and_option.substr(colon + 1);
  const bool is_word =
      !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return is_word ? word : std::string_view();
}

std::optional<Diagnostic> parse_one(std::string_view argument, std::vector<ReportRequest>& requests) {
  const auto colon = argument.find(':');
  const auto* format = find_format(argument.substr(0, colon));
  if (format == nullptr) return unknown_word("report format", argument.substr(0, colon), format_names());
  auto path = colon == std::string_view::npos ? std::string_view() : argument.substr(colon + 1);
  const auto option = option_of(path);
  if (!option.empty()) path.remove_suffix(option.size() + 1);
  if (path.empty()) return problem(fmt::format("{} has no path", quoted(argument)), usage);
  const auto& known = format->options;
  if (!option.empty() && std::find(known.begin(), known.end(), option) == known.end()) {
    if (!known.empty()) return unknown_word("option", option, known);
    return problem(fmt::format("unknown option {}: {} has none", quoted(option), format->name), usage);
  }
  for (const auto& other : requests) {
    if (other.path == path)
      return problem(fmt::format("two reports would be written to {}", quoted(path)), "name two paths");
  }
  requests.push_back({format, path, std::string(option)});
  return std::nullopt;
}

}  // namespace

const std::vector<Format>& formats() {
  static const std::vector<Format> table = {
      {"junit", "JUnit XML for CI; option gitlab: with file and line attributes", {"gitlab"}, render_junit},
      {"json", "results.json, from which every report can be made again", {}, render_json},
      {"text",
       "what the console shows, without colours; option verbose: every dialogue",
       {"verbose"},
       render_text},
      {"html", "one page that needs no network and no script", {}, render_html},
      {"markdown", "a short summary, for example for $GITHUB_STEP_SUMMARY", {}, render_markdown},
  };
  return table;
}

base::Loaded<std::vector<ReportRequest>> parse_report_requests(const std::vector<std::string>& arguments) {
  std::vector<ReportRequest> requests;
  std::vector<Diagnostic> problems;
  for (const auto& argument : arguments) {
    if (auto wrong = parse_one(argument, requests)) problems.push_back(std::move(*wrong));
  }
  if (!problems.empty()) return problems;
  return requests;
}

std::vector<WriteFailure> check_reports(const std::vector<ReportRequest>& requests) {
  std::vector<WriteFailure> failures;
  for (const auto& request : requests) {
    if (auto failed = result::check_writable(request.path)) failures.push_back(std::move(*failed));
  }
  return failures;
}

std::vector<WriteFailure> write_reports(const Run& run, const Decision& decision,
                                        const std::vector<ReportRequest>& requests) {
  std::vector<WriteFailure> failures;
  for (const auto& request : requests) {
    const auto text = request.format->render(run, decision, request.option);
    if (auto failed = result::write_file_atomically(request.path, text))
      failures.push_back(std::move(*failed));
  }
  return failures;
}

}  // namespace smtpspec::report
