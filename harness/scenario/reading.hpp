// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml_document.hpp"
#include "scenario/pattern.hpp"
#include "scenario/template.hpp"

namespace smtpspec::scenario {

/// One row of an `each` table while its case is read. Values of columns are looked at only where they are
/// used, since a regular expression is no template.
struct Row {
  std::string name;
  std::map<std::string, const toml::node*, std::less<>> columns;
  std::map<std::string, Template> templates;  ///< of the columns used in text up to now
};

/// What reading needs at hand: the file, the row whose columns are put in, and where problems go. Internal to
/// the loader; everything here reports what is wrong and goes on with a harmless value, so that one reading
/// finds all problems.
class Reading {
 public:
  Reading(const base::TomlDocument& document, std::vector<base::Diagnostic>& problems,
          std::vector<base::Diagnostic>& remarks)
      : document_(&document), problems_(&problems), remarks_(&remarks) {}

  /// The row that is put in from now on, and where the names of used columns are noted. Null ends it.
  void enter_row(Row* row, std::set<std::string>* used) {
    row_ = row;
    used_ = used;
  }

  /// The node, or what the row has for it when it is `"{column}"` alone.
  const toml::node& resolve(const toml::node& node);

  /// A string in which columns are put in as they are written; nothing else is touched.
  std::string text(const toml::node& node);

  /// A string with escapes and expressions; columns are put in. A number or truth value counts as its text.
  Template octets(const toml::node& node);

  /// One or several of them. A single string gives a list of one.
  std::vector<Template> octet_list(const toml::node& node);
  std::vector<std::string> texts(const toml::node& node);

  TextPattern regex(const toml::node& node, TextPattern::Letters letters = TextPattern::Letters::exact);

  void problem(const toml::node& at, std::string message, std::string hint = {});
  void problem(const base::SourcePosition& at, std::string message, std::string hint = {});
  void remark(const base::SourcePosition& at, std::string message, std::string hint = {});

  base::SourcePosition position_of(const toml::node& node) const { return document_->position_of(node); }
  /// The place of one character of a string; `offset` counts in its value.
  base::SourcePosition inside(const toml::node& node, std::size_t offset) const;
  const base::TomlDocument& document() const { return *document_; }

 private:
  const toml::node* column(std::string_view name);
  void prepare_columns(const Template& text);
  Template parse(const toml::node& node);

  const base::TomlDocument* document_;
  std::vector<base::Diagnostic>* problems_;
  std::vector<base::Diagnostic>* remarks_;
  Row* row_ = nullptr;
  std::set<std::string>* used_ = nullptr;
};

/// Lower-case words joined by "-", "_" or ".": what ids are made of.
bool is_id(std::string_view text);

/// A letter or "_", then letters, digits and "_": what columns and captures are called.
bool is_variable_name(std::string_view text);

/// "did you mean 'x'? " when a known word is near, else nothing.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& known);

}  // namespace smtpspec::scenario
