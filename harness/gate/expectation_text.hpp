// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "base/toml_document.hpp"
#include "gate/expectation.hpp"

namespace smtpspec::gate {

/// An expectation file whose text is changed in places: comments, order and spaces elsewhere stay octet by
/// octet. Changes are collected and made by changed_text(); of several to one key the last stands.
class ExpectationText {
 public:
  static base::Loaded<ExpectationText> parse(std::string text, const std::string& name);

  const ExpectationFile& file() const { return file_; }

  /// Gives a key of an entry new words; a list where there are several. A key that isn't there is added.
  void set(std::size_t entry, std::string_view key, const std::vector<std::string>& words);

  /// Says anew what is offered; a place that the file names already keeps its line.
  void set_offers(const result::Offers& offers);

  /// Takes an entry out, with the comment directly above it. A comment that begins the file stays.
  void remove(std::size_t entry);

  /// Adds an entry at the end; its reason gets the place-holder where it has none.
  void append(const Expectation& entry);

  /// Points at the value of a key of an entry, at its header where there is no such key.
  base::Diagnostic problem_at(std::size_t entry, std::string_view key, std::string message,
                              std::string hint) const;

  /// Points at a place of `[offers]`.
  base::Diagnostic problem_at_offer(const std::string& where, std::string message, std::string hint) const;

  bool is_changed() const { return !changes_.empty() || !added_.empty(); }
  std::string changed_text() const;

 private:
  struct Change {
    std::size_t begin;
    std::size_t end;
    std::string text;
  };

  explicit ExpectationText(base::TomlDocument document, ExpectationFile file)
      : document_(std::move(document)), file_(std::move(file)) {}

  const toml::table& table(std::size_t entry) const;
  std::size_t first_line(std::size_t entry) const;
  std::size_t with_comment(std::size_t header) const;
  std::optional<std::size_t> first_line_below(std::size_t entry) const;
  std::size_t end_of_line(const toml::node& value) const;
  std::size_t place_for_offers() const;

  base::TomlDocument document_;
  ExpectationFile file_;
  std::vector<Change> changes_;
  std::string added_;
};

/// The entry as it is written into a file.
std::string to_toml(const Expectation& entry);

}  // namespace smtpspec::gate
