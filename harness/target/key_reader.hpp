// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/toml_reader.hpp"
#include "target/target.hpp"
#include "target/target_keys.hpp"

// The pieces out of which the readers of a target file are made: a key is its facts and how its value gets
// into what is read, so that the reader and what is told about it can't drift apart.
namespace smtpspec::target::reading {

namespace fs = std::filesystem;
using base::TomlReader;
using std::chrono::milliseconds;

void take(std::optional<std::string> read, std::string& into);
void take(std::optional<bool> read, bool& into);
void take(std::optional<std::int64_t> read, milliseconds& into);
void take(std::optional<std::vector<std::string>> read, std::vector<std::string>& into);
void take_count(TomlReader& reader, std::string_view key, int& into);

/// A table of strings with keys of the author's own.
void take_strings_by_name(TomlReader& parent, std::string_view key,
                          const std::function<void(const std::string&, const std::string&)>& put);

/// One command is an array of strings, several are an array of these.
void take_commands(TomlReader& reader, std::string_view key, std::vector<Command>& into);

/// A command for one program; a string would need a shell, so it has to be an array.
void take_command(TomlReader& reader, std::string_view key, Command& into);

/// A path, resolved against the file's folder unless it begins with a placeholder.
std::string resolved(const std::string& path, const fs::path& folder);

/// One key: what it is, and how its value gets into what is read.
template <typename T>
struct Key {
  KeyFacts facts;
  std::function<void(TomlReader&, const fs::path& folder, T&)> read;
};

template <typename T>
using Keys = std::vector<Key<T>>;

template <typename T>
Key<T> text(std::string_view name, std::string T::*member, std::string_view meaning) {
  return {{name, KeyForm::text, meaning},
          [=](TomlReader& reader, const fs::path&, T& into) { take(reader.string(name), into.*member); }};
}

template <typename T>
Key<T> flag(std::string_view name, bool T::*member, std::string_view meaning) {
  return {{name, KeyForm::flag, meaning},
          [=](TomlReader& reader, const fs::path&, T& into) { take(reader.boolean(name), into.*member); }};
}

template <typename T>
Key<T> count(std::string_view name, int T::*member, std::string_view meaning) {
  return {{name, KeyForm::count, meaning},
          [=](TomlReader& reader, const fs::path&, T& into) { take_count(reader, name, into.*member); }};
}

template <typename T>
Key<T> duration(std::string_view name, milliseconds T::*member, std::string_view meaning) {
  return {{name, KeyForm::duration, meaning}, [=](TomlReader& reader, const fs::path&, T& into) {
            take(reader.milliseconds(name), into.*member);
          }};
}

template <typename T>
Key<T> texts(std::string_view name, std::vector<std::string> T::*member, std::string_view meaning) {
  return {{name, KeyForm::texts, meaning},
          [=](TomlReader& reader, const fs::path&, T& into) { take(reader.strings(name), into.*member); }};
}

template <typename T>
Key<T> command(std::string_view name, Command T::*member, std::string_view meaning) {
  return {{name, KeyForm::command, meaning},
          [=](TomlReader& reader, const fs::path&, T& into) { take_command(reader, name, into.*member); }};
}

template <typename T, typename Container>
Key<T> settings(std::string_view name, Container T::*member, std::string_view meaning) {
  return {{name, KeyForm::settings, meaning}, [=](TomlReader& reader, const fs::path&, T& into) {
            take_strings_by_name(reader, name, [&](const std::string& key, const std::string& value) {
              (into.*member)[key] = value;
            });
          }};
}

/// Facts of a table out of those of its keys.
template <typename T>
std::vector<KeyFacts> facts_of(const Keys<T>& keys) {
  std::vector<KeyFacts> facts;
  for (const auto& key : keys) facts.push_back(key.facts);
  return facts;
}

template <typename T>
void read_keys(TomlReader& reader, const Keys<T>& keys, const fs::path& folder, T& into) {
  for (const auto& key : keys) key.read(reader, folder, into);
}

/// A sub-table; `part` finds, or makes, the part of the whole that it describes.
template <typename T, typename Part>
Key<T> table(std::string_view name, const Keys<Part>& keys, std::string_view meaning,
             std::function<Part&(T&)> part) {
  return {{name, KeyForm::table, meaning, {}, false, facts_of(keys)},
          [=](TomlReader& parent, const fs::path& folder, T& into) {
            const auto* found = parent.table(name);
            if (!found) return;
            TomlReader reader(parent.document(), *found, fmt::format("[{}]", name), parent.problems());
            read_keys(reader, keys, folder, part(into));
            reader.finish();
          }};
}

/// The keys of a part, as keys of a whole that is one.
template <typename T, typename Part>
Keys<T> lifted(const Keys<Part>& keys) {
  Keys<T> whole;
  for (const auto& key : keys) {
    whole.push_back({key.facts, [read = key.read](TomlReader& reader, const fs::path& folder, T& into) {
                       read(reader, folder, into);
                     }});
  }
  return whole;
}

}  // namespace smtpspec::target::reading
