// SPDX-License-Identifier: Apache-2.0
#include "target/store_effects.hpp"

namespace smtpspec::target {
namespace {

using LineEnding = StoreEffects::LineEnding;
using FromQuoting = StoreEffects::FromQuoting;

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result;
  result.reserve(text.size());
  for (;;) {
    const std::size_t found = text.find(what);
    result += text.substr(0, found);
    if (found == std::string_view::npos) return result;
    result += with;
    text.remove_prefix(found + what.size());
  }
}

/// Calls for each line, its LF included.
template <typename Line>
void for_each_line(std::string_view text, Line line) {
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    line(text.substr(0, size));
    text.remove_prefix(size);
  }
}

/// How many `>` a line has before `From `; npos when it is no such line.
std::size_t quoting_depth(std::string_view line) {
  const std::size_t depth = line.find_first_not_of('>');
  return depth != std::string_view::npos && line.substr(depth).starts_with("From ") ? depth
                                                                                    : std::string_view::npos;
}

std::string quoted(std::string_view text, FromQuoting quoting) {
  std::string result;
  for_each_line(text, [&](std::string_view line) {
    const std::size_t depth = quoting_depth(line);
    if (depth == 0 || (depth != std::string_view::npos && quoting == FromQuoting::mboxrd)) result += '>';
    result += line;
  });
  return result;
}

std::string unquoted(std::string_view text, FromQuoting quoting) {
  std::string result;
  for_each_line(text, [&](std::string_view line) {
    const std::size_t depth = quoting_depth(line);
    const bool was_quoted =
        depth != std::string_view::npos && depth > 0 && (depth == 1 || quoting == FromQuoting::mboxrd);
    result += was_quoted ? line.substr(1) : line;
  });
  return result;
}

/// Takes the line ends before white space out of the header block, so that folding no longer tells two fields
/// apart.
std::string unfolded(std::string_view text) {
  std::string result;
  bool in_headers = true;
  for_each_line(text, [&](std::string_view line) {
    if (line == "\n" || line == "\r\n") in_headers = false;
    const bool continues = in_headers && !result.empty() && (line.front() == ' ' || line.front() == '\t');
    if (continues) {
      result.pop_back();
      if (!result.empty() && result.back() == '\r') result.pop_back();
      line.remove_prefix(
          line.find_first_not_of(" \t") == std::string_view::npos ? 0 : line.find_first_not_of(" \t"));
      result += ' ';
    }
    result += line;
  });
  return result;
}

}  // namespace

std::string with_crlf(std::string_view text) {
  std::string result;
  result.reserve(text.size() + text.size() / 32);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) result += '\r';
    result += text[i];
  }
  return result;
}

std::string as_stored(std::string_view content, const StoreEffects& effects) {
  std::string stored(content);
  if (effects.line_ending == LineEnding::lf) stored = replaced(stored, "\r\n", "\n");
  if (effects.refolds_headers) stored = unfolded(stored);
  if (effects.from_quoting != FromQuoting::none) stored = quoted(stored, effects.from_quoting);
  return stored;
}

std::string undo_store_effects(std::string_view stored, const StoreEffects& effects) {
  std::string content(stored);
  if (effects.from_quoting != FromQuoting::none) content = unquoted(content, effects.from_quoting);
  if (effects.refolds_headers) content = unfolded(content);
  if (effects.line_ending == LineEnding::lf) content = with_crlf(content);
  return content;
}

}  // namespace smtpspec::target
