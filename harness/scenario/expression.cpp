// SPDX-License-Identifier: Apache-2.0
#include "scenario/expression.hpp"

#include <charconv>

#include <fmt/format.h>

#include "scenario/functions.hpp"

namespace smtpspec::scenario {
namespace {

Evaluated problem(std::string text) {
  return {Value{}, std::move(text)};
}

bool calculate(char operation, std::int64_t left, std::int64_t right, std::int64_t& result) {
  switch (operation) {
    case '+':
      return !__builtin_add_overflow(left, right, &result);
    case '-':
      return !__builtin_sub_overflow(left, right, &result);
    case '*':
      return !__builtin_mul_overflow(left, right, &result);
    default:
      break;
  }
  if (left == std::numeric_limits<std::int64_t>::min() && right == -1) return false;
  result = left / right;
  return true;
}

Evaluated evaluate_variable(const std::string& name, const Variables& variables) {
  auto value = variables ? variables(name) : std::nullopt;
  if (!value) return problem(fmt::format("unknown variable '{}'", name));
  return {std::move(*value), {}};
}

Evaluated evaluate_nested(const Template& nested, const Variables& variables) {
  auto result = nested.evaluate(variables);
  return {std::move(result.bytes), std::move(result.problem)};
}

// An operand as a number; the problem is set when it is none.
std::optional<std::int64_t> operand(const Expression& expression, const Variables& variables,
                                    std::string& problem) {
  auto evaluated = evaluate(expression, variables);
  problem = std::move(evaluated.problem);
  if (!problem.empty()) return std::nullopt;
  const auto number = to_number(evaluated.value);
  if (!number) problem = fmt::format("'{}' is no number", to_text(std::move(evaluated.value)).substr(0, 40));
  return number;
}

Evaluated evaluate_arithmetic(const Expression& expression, const Variables& variables) {
  std::string why;
  std::int64_t result = 0;
  const bool negate = expression.kind == Expression::Kind::negate;
  const auto left = negate ? 0 : operand(*expression.arguments[0], variables, why);
  if (!left) return problem(std::move(why));
  const auto right = operand(*expression.arguments.back(), variables, why);
  if (!right) return problem(std::move(why));
  if (expression.operation == '/' && *right == 0) return problem("division by zero");
  if (!calculate(expression.operation, *left, *right, result)) return problem("the number is too large");
  return {result, {}};
}

Evaluated evaluate_call(const Expression& expression, const Variables& variables) {
  std::vector<Value> arguments;
  std::size_t octets = 0;
  for (const auto& argument : expression.arguments) {
    auto evaluated = evaluate(*argument, variables);
    if (!evaluated.ok()) return evaluated;
    if (const auto* text = std::get_if<std::string>(&evaluated.value)) octets += text->size();
    if (octets > Template::max_octets)
      return problem(fmt::format("this is more than {} octets", Template::max_octets));
    arguments.push_back(std::move(evaluated.value));
  }
  const auto* function = find_function(expression.text);
  if (function && function->call) return function->call(arguments);
  return evaluate_variable(fmt::format("{}({})", expression.text, to_text(std::move(arguments[0]))),
                           variables);
}

}  // namespace

std::optional<std::int64_t> to_number(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  const auto& text = std::get<std::string>(value);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string to_text(Value value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::get<std::string>(std::move(value));
}

Evaluated evaluate(const Expression& expression, const Variables& variables) {
  switch (expression.kind) {
    case Expression::Kind::number:
      return {expression.number, {}};
    case Expression::Kind::text:
      return {expression.text, {}};
    case Expression::Kind::variable:
      return evaluate_variable(expression.text, variables);
    case Expression::Kind::nested:
      return evaluate_nested(*expression.nested, variables);
    case Expression::Kind::call:
      return evaluate_call(expression, variables);
    case Expression::Kind::negate:
    case Expression::Kind::binary:
      break;
  }
  return evaluate_arithmetic(expression, variables);
}

void visit_variables(const Expression& expression, const std::function<void(const std::string&)>& seen) {
  const auto* function = expression.kind == Expression::Kind::call ? find_function(expression.text) : nullptr;
  if (expression.kind == Expression::Kind::variable || (function && !function->call)) seen(expression.text);
  if (expression.nested) {
    for (const auto& name : expression.nested->variable_names()) seen(name);
  }
  for (const auto& argument : expression.arguments) visit_variables(*argument, seen);
}

Expression::Pointer substitute(const Expression::Pointer& expression,
                               const std::map<std::string, Template>& columns) {
  if (expression->kind == Expression::Kind::variable) {
    const auto column = columns.find(expression->text);
    if (column == columns.end()) return expression;
    auto put_in = std::make_shared<Expression>();
    put_in->kind = Expression::Kind::nested;
    put_in->nested = std::make_shared<const Template>(column->second);
    return put_in;
  }
  std::shared_ptr<Expression> changed;
  for (std::size_t i = 0; i < expression->arguments.size(); ++i) {
    auto argument = substitute(expression->arguments[i], columns);
    if (argument == expression->arguments[i]) continue;
    if (!changed) changed = std::make_shared<Expression>(*expression);
    changed->arguments[i] = std::move(argument);
  }
  return changed ? changed : expression;
}

}  // namespace smtpspec::scenario
