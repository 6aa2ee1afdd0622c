// SPDX-License-Identifier: Apache-2.0
#include "target/placeholders.hpp"

#include <algorithm>

#include "base/nearest_word.hpp"

namespace smtpspec::target {
namespace {

constexpr int max_depth = 4;

bool is_word_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// The word of a `{word}` that begins at `brace`, or nothing.
std::string_view word_at(std::string_view text, std::size_t brace) {
  std::size_t end = brace + 1;
  while (end < text.size() && is_word_letter(text[end])) ++end;
  if (end == text.size() || text[end] != '}') return {};
  return text.substr(brace + 1, end - brace - 1);
}

std::string fill_once(std::string_view text, const Variables& variables, bool& changed) {
  std::string filled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') {
      const std::string_view word = word_at(text, i);
      const auto found = word.empty() ? variables.end() : variables.find(word);
      if (found != variables.end()) {
        filled += found->second;
        changed = true;
        i += word.size() + 1;
        continue;
      }
    }
    filled += text[i];
  }
  return filled;
}

void fill_in_place(std::string& text, const Variables& variables) {
  text = fill(text, variables);
}

void fill_in_place(Command& command, const Variables& variables) {
  for (std::string& word : command) fill_in_place(word, variables);
}

void fill_in_place(Setup& setup, const Variables& variables) {
  for (Command& command : setup.prepare) fill_in_place(command, variables);
  fill_in_place(setup.working_folder, variables);
  for (auto& [name, value] : setup.environment) fill_in_place(value, variables);
}

void fill_in_place(Start& start, const Variables& variables) {
  fill_in_place(static_cast<Setup&>(start), variables);
  fill_in_place(start.command, variables);
}

void fill_in_place(Send& send, const Variables& variables) {
  fill_in_place(static_cast<Setup&>(send), variables);
  for (Command* command : {&send.command, &send.auth, &send.plain, &send.starttls, &send.tls})
    fill_in_place(*command, variables);
}

void fill_in_place(Commands& commands, const Variables& variables) {
  for (Command* command : {&commands.version, &commands.submit, &commands.queue_list, &commands.queue_flush,
                           &commands.queue_purge, &commands.kill, &commands.terminate, &commands.restart,
                           &commands.reload, &commands.fill, &commands.free}) {
    fill_in_place(*command, variables);
  }
}

}  // namespace

std::string fill(std::string_view text, const Variables& variables) {
  std::string filled(text);
  for (int depth = 0; depth < max_depth; ++depth) {
    bool changed = false;
    filled = fill_once(filled, variables, changed);
    if (!changed) break;
  }
  return filled;
}

std::string fill_once(std::string_view text, const Variables& variables) {
  bool changed = false;
  return fill_once(text, variables, changed);
}

Target fill(const Target& target, const Variables& variables) {
  Target filled = target;
  for (auto& [kind, endpoint] : filled.endpoints) fill_in_place(endpoint, variables);
  for (std::string* text :
       {&filled.domain, &filled.relay_domain, &filled.recipient, &filled.refused, &filled.ehlo,
        &filled.mailbox.path, &filled.tls.ca, &filled.tls.name, &filled.relay.listen}) {
    fill_in_place(*text, variables);
  }
  for (auto* texts : {&filled.logs, &filled.queue.files, &filled.queue.purge_if}) {
    for (std::string& text : *texts) fill_in_place(text, variables);
  }
  for (auto& [name, value] : filled.variables) fill_in_place(value, variables);
  if (filled.start) fill_in_place(*filled.start, variables);
  if (filled.send) fill_in_place(*filled.send, variables);
  fill_in_place(filled.commands, variables);
  return filled;
}

std::vector<std::string> placeholders_in(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{') continue;
    const std::string word(word_at(text, i));
    if (!word.empty() && std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

std::vector<std::string> misspelt_placeholders(std::string_view text, const Variables& variables) {
  std::vector<std::string> known;
  for (const auto& [name, value] : variables) known.push_back(name);
  std::vector<std::string> slips;
  for (const std::string& word : placeholders_in(text)) {
    if (variables.contains(word)) continue;
    const std::string meant = base::nearest_word(word, known);
    if (!meant.empty()) slips.push_back("{" + word + "}, did you mean {" + meant + "}?");
  }
  return slips;
}

}  // namespace smtpspec::target
