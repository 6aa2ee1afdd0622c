// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace smtpspec::scenario {

/// A number or octets: what a variable holds and an expression gives.
using Value = std::variant<std::int64_t, std::string>;

/// Looks a variable up by its dotted name ("ehlo.SIZE", "second.mailbox"); nothing when it is not known. What
/// needs the case or the disk is asked for in the same way: `{mailbox(i)}` as "mailbox(3)", `{file("x.eml")}`
/// as "file(x.eml)".
using Variables = std::function<std::optional<Value>(std::string_view name)>;

/// An arithmetic expression, variable or function call between braces; see expression.hpp.
struct Expression;

/// Text with holes: `MAIL FROM:<{sender}> SIZE={ehlo.SIZE * 105 / 100}`. `{{` and `}}` are braces. Escapes
/// (`\r \n \t \0 \\ \xHH`) were resolved when it was parsed, so the pieces are the octets that go out.
class Template {
 public:
  struct Piece {
    std::string literal;
    std::shared_ptr<const Expression> expression;  ///< null for a literal
  };
  struct Failure {
    std::size_t offset = 0;  ///< into the text as written
    std::string message;
  };
  /// What evaluation gives: octets, or why not ("unknown variable 'ehlo.SIZE'").
  struct Result {
    std::string bytes;
    std::string problem;
    bool ok() const { return problem.empty(); }
  };

  /// No text is made longer than this.
  static constexpr std::size_t max_octets = 64 * 1024 * 1024;

  Template() = default;

  /// Takes octets as they are.
  static Template literal(std::string bytes);

  /// Parses text with escapes and holes.
  static std::variant<Template, Failure> parse(std::string_view text);

  Result evaluate(const Variables& variables) const;

  /// Like evaluate(), for a number: durations in ms (a literal "250ms" or "2s" counts too) and sizes.
  std::variant<std::int64_t, std::string> evaluate_number(const Variables& variables) const;

  /// The octets when there is no hole; the common case, without a copy. Null otherwise.
  const std::string* if_literal() const;

  /// Names of all variables used.
  std::vector<std::string> variable_names() const;

  /// Replaces variables by templates where they are columns of an `each` row.
  Template substitute(const std::map<std::string, Template>& columns) const;

  void append(const Template& other);

  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::vector<Piece> pieces_;
};

/// Says that the escape at an offset of a text is none.
std::string unknown_escape(std::string_view text, std::size_t offset);

}  // namespace smtpspec::scenario
