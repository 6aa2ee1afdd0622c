// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What may stand in a scenario file: the one table of tables, keys, types and meanings. The loader checks
/// against it and words its messages from it; the JSON schema and the manual are printed from it. A new key
/// is one line here and one where the loader reads it; a new kind of step one entry in step_kinds().
namespace smtpspec::scenario {

/// What the value of a key looks like. Where it is not a string, `"{column}"` may stand for it in a scenario
/// with `each`.
enum class Shape {
  text,          ///< a string for people or a name; only columns are put in
  texts,         ///< one or several of them
  word,          ///< one of the words of the key
  flag,          ///< true or false
  integer,       ///< a plain number
  number,        ///< a number or an expression that gives one
  octets,        ///< a string with escapes and expressions
  octet_list,    ///< one or several of them
  duration,      ///< "250ms", "2s", or an expression that gives milliseconds
  regex,         ///< RE2, found anywhere
  regexes,       ///< a table: name = regex
  code,          ///< 250, "2xx", "4xx|5xx", or a list
  replies,       ///< a list of codes, or a count in words
  bounds,        ///< 1, "0..1", "2..", "more than 2"
  enhanced,      ///< "5.7.x", "none"
  cut,           ///< "every octet" or a list of offsets
  collect,       ///< "until close" or a number
  repeat,        ///< a number, an expression, or "accepted recipients"
  auth,          ///< a mechanism, or a table of auth_keys()
  expectation,   ///< a code, a list, "close", or a table of condition_keys()
  alternatives,  ///< a list of tables: condition_keys() and alternative_keys()
  steps,         ///< a list of steps
  delivered,     ///< a table of delivered_keys()
  deliveries,    ///< one or several of them
  rule,          ///< a table of rule_keys()
  rows,          ///< a list of tables: row_keys() and columns
  scenarios,     ///< [[scenario]] tables
};

struct Key {
  std::string_view name;
  Shape shape;
  std::string_view meaning;
  std::string_view words = {};  ///< of Shape::word, with "|" between
  bool required = false;
};

using Keys = std::vector<Key>;

/// One kind of action. The key that names it, and the keys that go with it alone.
struct StepKind {
  Key key;
  Keys extras = {};
  bool answered = true;      ///< may have `expect` or `one_of`
  bool in_group = false;     ///< may stand in a `group`
  bool needs_value = false;  ///< a flag that must be true
};

const Keys& file_keys();
const Keys& scenario_keys();  ///< besides prelude_keys()
const Keys& prelude_keys();   ///< of a scenario and of `open`
const Keys& row_keys();       ///< the rest of a row are columns
const Keys& rule_keys();
const Keys& auth_keys();
const Keys& condition_keys();    ///< of `expect = {...}` and of an alternative
const Keys& expectation_keys();  ///< besides condition_keys()
const Keys& alternative_keys();  ///< besides condition_keys()
const Keys& delivered_keys();
const Keys& answer_keys();
const Keys& modifier_keys();
const std::vector<StepKind>& step_kinds();

std::vector<std::string> words_of(const Key& key);

/// What a shape is called in messages: "a string", "a list of steps".
std::string_view describe(Shape shape);

}  // namespace smtpspec::scenario
