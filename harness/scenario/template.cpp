// SPDX-License-Identifier: Apache-2.0
#include "scenario/template.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/display.hpp"
#include "base/toml_reader.hpp"
#include "scenario/expression.hpp"

namespace smtpspec::scenario {
namespace {

using Failure = Template::Failure;
using Piece = Template::Piece;

Template::Result failed(std::string problem) {
  return {{}, std::move(problem)};
}

// Appends a literal, joined to a literal before it, so that a text without holes is one piece.
void append_literal(std::vector<Piece>& pieces, std::string_view bytes) {
  if (bytes.empty()) return;
  if (!pieces.empty() && !pieces.back().expression)
    pieces.back().literal += bytes;
  else
    pieces.push_back({std::string(bytes), nullptr});
}

void append_pieces(std::vector<Piece>& pieces, const std::vector<Piece>& more) {
  for (const auto& piece : more) {
    if (piece.expression)
      pieces.push_back(piece);
    else
      append_literal(pieces, piece.literal);
  }
}

std::optional<Failure> parse_literal(std::string_view text, std::size_t begin, std::size_t end,
                                     std::vector<Piece>& pieces) {
  const auto unescaped = base::unescape(text.substr(begin, end - begin));
  if (!unescaped.ok())
    return Failure{begin + unescaped.bad_offset, unknown_escape(text, begin + unescaped.bad_offset)};
  append_literal(pieces, unescaped.bytes);
  return std::nullopt;
}

// Parses what follows an opening brace; `at` is moved behind the closing one.
std::optional<Failure> parse_hole(std::string_view text, std::size_t& at, std::vector<Piece>& pieces) {
  auto parsed = parse_expression(text, at + 1);
  if (auto* failure = std::get_if<Failure>(&parsed)) return std::move(*failure);
  auto& expression = std::get<ParsedExpression>(parsed);
  if (expression.end >= text.size() || text[expression.end] != '}') {
    return Failure{std::min(expression.end, text.size()),
                   "a '}' must stand here; a brace itself is written {{"};
  }
  pieces.push_back({{}, std::move(expression.expression)});
  at = expression.end + 1;
  return std::nullopt;
}

std::variant<std::int64_t, std::string> number_in(std::string_view text) {
  if (const auto number = to_number(Value{std::string(text)})) return *number;
  if (const auto duration = base::parse_duration_ms(text)) return *duration;
  return fmt::format("'{}' is no number and no duration", text.substr(0, 40));
}

}  // namespace

std::string unknown_escape(std::string_view text, std::size_t offset) {
  return fmt::format("'{}' is no escape; there are \\r \\n \\t \\0 \\\\ \\xHH, and \\\\ is a backslash",
                     base::escape_for_display(text.substr(offset, 2)).substr(1));
}

Template Template::literal(std::string bytes) {
  Template made;
  if (!bytes.empty()) made.pieces_.push_back({std::move(bytes), nullptr});
  return made;
}

std::variant<Template, Template::Failure> Template::parse(std::string_view text) {
  Template made;
  for (std::size_t at = 0; at < text.size();) {
    const auto brace = std::min(text.find_first_of("{}", at), text.size());
    if (auto failure = parse_literal(text, at, brace, made.pieces_)) return std::move(*failure);
    at = brace;
    if (at == text.size()) break;
    const bool doubled = at + 1 < text.size() && text[at + 1] == text[at];
    if (doubled) {
      append_literal(made.pieces_, text.substr(at, 1));
      at += 2;
    } else if (text[at] == '}') {
      return Failure{at, "this '}' closes nothing; a brace itself is written }}"};
    } else if (auto failure = parse_hole(text, at, made.pieces_)) {
      return std::move(*failure);
    }
  }
  return made;
}

Template::Result Template::evaluate(const Variables& variables) const {
  Result result;
  for (const auto& piece : pieces_) {
    if (piece.expression) {
      auto evaluated = scenario::evaluate(*piece.expression, variables);
      if (!evaluated.ok()) return failed(std::move(evaluated.problem));
      result.bytes += to_text(std::move(evaluated.value));
    } else {
      result.bytes += piece.literal;
    }
    if (result.bytes.size() > max_octets)
      return failed(fmt::format("this is more than {} octets", max_octets));
  }
  return result;
}

std::variant<std::int64_t, std::string> Template::evaluate_number(const Variables& variables) const {
  if (const auto* text = if_literal()) return number_in(*text);
  const auto result = evaluate(variables);
  if (!result.ok()) return result.problem;
  return number_in(result.bytes);
}

const std::string* Template::if_literal() const {
  static const std::string empty;
  if (pieces_.empty()) return &empty;
  return pieces_.size() == 1 && !pieces_[0].expression ? &pieces_[0].literal : nullptr;
}

std::vector<std::string> Template::variable_names() const {
  std::vector<std::string> names;
  const auto note = [&names](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const auto& piece : pieces_) {
    if (piece.expression) visit_variables(*piece.expression, note);
  }
  return names;
}

Template Template::substitute(const std::map<std::string, Template>& columns) const {
  if (columns.empty() || if_literal()) return *this;
  Template made;
  for (const auto& piece : pieces_) {
    const bool is_column = piece.expression && piece.expression->kind == Expression::Kind::variable &&
                           columns.contains(piece.expression->text);
    if (is_column)
      append_pieces(made.pieces_, columns.at(piece.expression->text).pieces_);
    else if (piece.expression)
      made.pieces_.push_back({{}, scenario::substitute(piece.expression, columns)});
    else
      append_literal(made.pieces_, piece.literal);
  }
  return made;
}

void Template::append(const Template& other) {
  if (&other == this)
    append_pieces(pieces_, std::vector<Piece>(pieces_));
  else
    append_pieces(pieces_, other.pieces_);
}

}  // namespace smtpspec::scenario
