// SPDX-License-Identifier: Apache-2.0
#include "report/report_argument.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/display.hpp"
#include "base/nearest_word.hpp"

namespace smtpspec::report {
namespace {

using base::Diagnostic;

std::string usage(const std::vector<FormatWords>& formats) {
  const auto& example = formats.front().name;
  return fmt::format("write --report FORMAT:PATH[:OPTION], for example --report {0}:out/report.{0}", example);
}

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

std::vector<std::string> names_of(const std::vector<FormatWords>& formats) {
  std::vector<std::string> names;
  for (const auto& format : formats) names.push_back(format.name);
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

std::optional<Diagnostic> parse_one(std::string_view argument, const std::vector<FormatWords>& formats,
                                    std::vector<ReportArgument>& read) {
  const auto colon = argument.find(':');
  const auto word = argument.substr(0, colon);
  const auto format =
      std::find_if(formats.begin(), formats.end(), [&](const FormatWords& one) { return one.name == word; });
  if (format == formats.end()) return unknown_word("report format", word, names_of(formats));
  auto path = colon == std::string_view::npos ? std::string_view() : argument.substr(colon + 1);
  const auto option = option_of(path);
  if (!option.empty()) path.remove_suffix(option.size() + 1);
  if (path.empty()) return problem(fmt::format("{} has no path", quoted(argument)), usage(formats));
  const auto& known = format->options;
  if (!option.empty() && std::find(known.begin(), known.end(), option) == known.end()) {
    if (!known.empty()) return unknown_word("option", option, known);
    return problem(fmt::format("unknown option {}: {} has none", quoted(option), format->name),
                   usage(formats));
  }
  for (const auto& other : read) {
    if (other.path == path)
      return problem(fmt::format("two reports would be written to {}", quoted(path)), "name two paths");
  }
  read.push_back({static_cast<std::size_t>(format - formats.begin()), path, std::string(option)});
  return std::nullopt;
}

}  // namespace

base::Loaded<std::vector<ReportArgument>> parse_report_arguments(const std::vector<std::string>& arguments,
                                                                 const std::vector<FormatWords>& formats) {
  std::vector<ReportArgument> read;
  std::vector<Diagnostic> problems;
  for (const auto& argument : arguments) {
    if (auto wrong = parse_one(argument, formats, read)) problems.push_back(std::move(*wrong));
  }
  if (!problems.empty()) return problems;
  return read;
}

}  // namespace smtpspec::report
