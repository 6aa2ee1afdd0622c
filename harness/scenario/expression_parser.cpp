// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/display.hpp"
#include "base/nearest_word.hpp"
#include "scenario/expression.hpp"
#include "scenario/functions.hpp"

namespace smtpspec::scenario {
namespace {

using Pointer = Expression::Pointer;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Recursive descent:
//   sum     = product *( ("+" / "-") product )
//   product = unary *( ("*" / "/") unary )
//   unary   = "-" unary / primary
//   primary = number / quoted / name [ "(" sum *( "," sum ) ")" ] / "(" sum ")"
// Every function gives null once failure_ is set, and the first failure stays.
class Parser {
 public:
  Parser(std::string_view text, std::size_t begin) : text_(text), at_(begin) {}

  std::variant<ParsedExpression, Template::Failure> parse() {
    auto expression = sum();
    skip_spaces();
    if (failure_) return std::move(*failure_);
    return ParsedExpression{std::move(expression), at_};
  }

 private:
  static constexpr int max_depth = 32;

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_spaces() {
    while (peek() == ' ') ++at_;
  }
  bool accept(char c) {
    skip_spaces();
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  Pointer fail(std::size_t offset, std::string message) {
    if (!failure_) failure_ = Template::Failure{offset, std::move(message)};
    return nullptr;
  }

  Pointer sum() {
    if (++depth_ > max_depth) return fail(at_, "this is nested too deeply");
    auto left = product();
    while (left) {
      if (accept('+'))
        left = binary('+', std::move(left), product());
      else if (accept('-'))
        left = binary('-', std::move(left), product());
      else
        break;
    }
    --depth_;
    return left;
  }

  Pointer product() {
    auto left = unary();
    while (left) {
      if (accept('*'))
        left = binary('*', std::move(left), unary());
      else if (accept('/'))
        left = binary('/', std::move(left), unary());
      else
        break;
    }
    return left;
  }

  Pointer unary() {
    if (!accept('-')) return primary();
    if (++depth_ > max_depth) return fail(at_, "this is nested too deeply");
    auto operand = unary();
    --depth_;
    if (!operand) return nullptr;
    auto negated = std::make_shared<Expression>();
    negated->kind = Expression::Kind::negate;
    negated->operation = '-';
    negated->arguments = {std::move(operand)};
    return negated;
  }

  // Refuses more terms than anyone writes: a long chain is a deep tree, and evaluating it would take the
  // stack.
  Pointer binary(char operation, Pointer left, Pointer right) {
    if (!left || !right) return nullptr;
    if (++terms_ > max_terms) return fail(at_, "this has too many terms");
    auto made = std::make_shared<Expression>();
    made->kind = Expression::Kind::binary;
    made->operation = operation;
    made->arguments = {std::move(left), std::move(right)};
    return made;
  }

  Pointer primary() {
    skip_spaces();
    if (is_digit(peek())) return number();
    if (peek() == '"' || peek() == '\'') return quoted();
    if (is_letter(peek())) return name_or_call();
    if (!accept('(')) return fail(at_, "here a number, a variable or a function must stand");
    auto inner = sum();
    if (inner && !accept(')')) return fail(at_, "a ')' is missing");
    return inner;
  }

  Pointer number() {
    auto made = std::make_shared<Expression>();
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), made->number);
    if (error != std::errc{}) return fail(at_, "this number is too large");
    at_ = static_cast<std::size_t>(end - text_.data());
    return made;
  }

  Pointer quoted() {
    const auto begin = at_ + 1;
    auto end = begin;
    while (end < text_.size() && text_[end] != text_[at_]) end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) return fail(at_, "this text has no closing quote");
    auto unescaped = base::unescape(text_.substr(begin, end - begin));
    if (!unescaped.ok())
      return fail(begin + unescaped.bad_offset, unknown_escape(text_, begin + unescaped.bad_offset));
    auto made = std::make_shared<Expression>();
    made->kind = Expression::Kind::text;
    made->text = std::move(unescaped.bytes);
    at_ = end + 1;
    return made;
  }

  // A name may have dots, and behind a dot a hyphen before a letter: ehlo.MT-PRIORITY.
  std::string_view name() {
    const auto begin = at_;
    bool dotted = false;
    while (true) {
      const char c = peek();
      const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      const bool joins =
          (c == '.' || (dotted && c == '-')) && (is_letter(next) || (c == '.' && is_digit(next)));
      if (!is_letter(c) && !is_digit(c) && !joins) return text_.substr(begin, at_ - begin);
      dotted |= c == '.';
      ++at_;
    }
  }

  Pointer name_or_call() {
    const auto begin = at_;
    auto made = std::make_shared<Expression>();
    made->kind = Expression::Kind::variable;
    made->text = name();
    if (!accept('(')) return made;
    made->kind = Expression::Kind::call;
    if (!accept(')') && !arguments(*made)) return nullptr;
    return check_call(*made, begin) ? made : nullptr;
  }

  bool arguments(Expression& call) {
    do {
      auto argument = sum();
      if (!argument) return false;
      call.arguments.push_back(std::move(argument));
    } while (accept(','));
    if (accept(')')) return true;
    fail(at_, "a ')' is missing");
    return false;
  }

  bool check_call(const Expression& call, std::size_t begin) {
    const auto* function = find_function(call.text);
    if (!function) {
      fail(begin, unknown_function(call.text));
      return false;
    }
    const auto count = call.arguments.size();
    if (count >= function->least_arguments && count <= function->most_arguments) return true;
    fail(begin, fmt::format("it is called as {}", function->usage));
    return false;
  }

  static std::string unknown_function(const std::string& name) {
    std::vector<std::string> known;
    for (const auto& function : functions()) known.emplace_back(function.name);
    const auto near = base::nearest_word(name, known);
    return near.empty() ? fmt::format("unknown function '{}'", name)
                        : fmt::format("unknown function '{}'; did you mean '{}'?", name, near);
  }

  static constexpr int max_terms = 256;
  std::string_view text_;
  std::size_t at_;
  int depth_ = 0;
  int terms_ = 0;
  std::optional<Template::Failure> failure_;
};

}  // namespace

std::variant<ParsedExpression, Template::Failure> parse_expression(std::string_view text, std::size_t begin) {
  return Parser(text, begin).parse();
}

}  // namespace smtpspec::scenario
