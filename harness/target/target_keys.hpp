// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smtpspec::target {

/// What a key of a target file holds.
enum class KeyForm {
  text,
  flag,
  count,     ///< 0 to max_count
  duration,  ///< "250ms", "2s", "5m"
  texts,     ///< an array of strings, or one string
  command,   ///< an array of strings
  commands,  ///< one command, or an array of them
  word,      ///< one of `words`
  address,   ///< a mail address
  settings,  ///< a table of strings with keys of the author's own
  table,     ///< a table with `keys`
};

constexpr long max_count = 1'000'000;

/// What the reader knows of one key. The JSON schema is made from the same table.
struct KeyFacts {
  std::string_view name;
  KeyForm form = KeyForm::text;
  std::string_view meaning;
  std::vector<std::string> words = {};
  bool required = false;
  std::vector<KeyFacts> keys = {};
};

/// The keys of a target file, tables with theirs, in the order in which a person would write them.
std::vector<KeyFacts> target_file_keys();

}  // namespace smtpspec::target
