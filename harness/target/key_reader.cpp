// SPDX-License-Identifier: Apache-2.0
#include "target/key_reader.hpp"

namespace smtpspec::target::reading {

void take(std::optional<std::string> read, std::string& into) {
  if (read) into = std::move(*read);
}

void take(std::optional<bool> read, bool& into) {
  if (read) into = *read;
}

void take(std::optional<std::int64_t> read, milliseconds& into) {
  if (read) into = milliseconds(*read);
}

void take(std::optional<std::vector<std::string>> read, std::vector<std::string>& into) {
  if (read) into = std::move(*read);
}

void take_count(TomlReader& reader, std::string_view key, int& into) {
  const auto read = reader.integer(key);
  if (!read) return;
  if (*read < 0 || *read > max_count) {
    reader.problem(key, fmt::format("'{}' must be between 0 and {}, not {}", key, max_count, *read));
    return;
  }
  into = static_cast<int>(*read);
}

void take_strings_by_name(TomlReader& parent, std::string_view key,
                          const std::function<void(const std::string&, const std::string&)>& put) {
  const auto* table = parent.table(key);
  if (!table) return;
  for (const auto& [name, value] : *table) {
    if (const auto* text = value.as_string())
      put(std::string(name.str()), text->get());
    else
      parent.problem_at(value, fmt::format("'{}' must be a string", name.str()));
  }
}

void take_commands(TomlReader& reader, std::string_view key, std::vector<Command>& into) {
  const auto* array = reader.array(key);
  if (!array) return;
  into.clear();
  if (!array->empty() && array->front().is_string()) {
    into.push_back(reader.strings(key).value_or(Command{}));
    return;
  }
  for (const auto& item : *array) {
    Command command;
    const auto* words = item.as_array();
    if (!words) {
      reader.problem_at(item, fmt::format("every item of '{}' must be a command: an array of strings", key));
      continue;
    }
    for (const auto& word : *words) {
      if (const auto* text = word.as_string())
        command.push_back(text->get());
      else
        reader.problem_at(word, "a command is made of strings");
    }
    into.push_back(std::move(command));
  }
}

void take_command(TomlReader& reader, std::string_view key, Command& into) {
  const auto* found = reader.node(key);
  if (found && found->is_string()) {
    reader.problem(key, fmt::format("'{}' must be an array of strings, one a word", key),
                   "no shell is involved; write [\"sh\", \"-c\", \"...\"] if you need one");
    return;
  }
  take(reader.strings(key), into);
  if (found && into.empty()) reader.problem(key, fmt::format("'{}' is empty", key));
}

std::string resolved(const std::string& path, const fs::path& folder) {
  return path.starts_with('{') ? path : (folder / path).lexically_normal().string();
}

}  // namespace smtpspec::target::reading
