// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenario/template.hpp"

namespace smtpspec::scenario {

/// What stands between braces: integers, text in quotes, variables, `+ - * /`, parentheses, functions. A tree
/// that is never changed after parsing; parts of it are shared.
struct Expression {
  enum class Kind { number, text, variable, nested, negate, binary, call };
  using Pointer = std::shared_ptr<const Expression>;

  Kind kind = Kind::number;
  std::int64_t number = 0;
  std::string text;                        ///< the literal, or the name of the variable or function
  char operation = 0;                      ///< of a binary: + - * /
  std::vector<Pointer> arguments;          ///< operands or arguments
  std::shared_ptr<const Template> nested;  ///< a column of an `each` row, put in for a variable
};

/// An expression and where it ended in the text.
struct ParsedExpression {
  Expression::Pointer expression;
  std::size_t end = 0;
};

/// Parses an expression that begins at `begin` and goes as far as it can; what follows is the caller's.
std::variant<ParsedExpression, Template::Failure> parse_expression(std::string_view text, std::size_t begin);

/// A value, or why there is none.
struct Evaluated {
  Value value;
  std::string problem;
  bool ok() const { return problem.empty(); }
};

Evaluated evaluate(const Expression& expression, const Variables& variables);

/// Calls `seen` with the name of each variable, `mailbox(i)` and `file("x")` included as "mailbox" and
/// "file".
void visit_variables(const Expression& expression, const std::function<void(const std::string&)>& seen);

/// The expression with columns put in for variables; the same pointer when it names none of them.
Expression::Pointer substitute(const Expression::Pointer& expression,
                               const std::map<std::string, Template>& columns);

/// A number, or the number that a text of digits stands for.
std::optional<std::int64_t> to_number(const Value& value);
std::string to_text(Value value);

}  // namespace smtpspec::scenario
