// SPDX-License-Identifier: Apache-2.0
#include "smtp/path.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "smtp/letter_case.hpp"

namespace smtpspec::smtp {

namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool is_eight_bit(char c) {
  return static_cast<unsigned char>(c) > 127;
}

/// atext of RFC 5322 3.2.3.
bool is_atext(char c) {
  return is_letter_or_digit(c) ||
         (c != '\0' && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos);
}

/// What may follow a backslash, and, but for `"` and the backslash, stand alone in a quoted string.
bool is_graphic_or_space(char c) {
  return c >= 32 && c <= 126;
}

/// Walks through the text of a path. Each take_ function stands for one rule of RFC 5321 4.1.2 and answers
/// whether the rule matched; the first thing that didn't is kept as the problem.
class PathReader {
 public:
  PathReader(std::string_view text, AddressCharset charset) : text_(text), charset_(charset) {}

  bool take_path(PathKind kind, Path& path);
  bool take_mailbox(Mailbox& mailbox);
  bool take_dot_string(std::string& value);
  bool take_domain(std::string& domain);
  bool at_end() const { return at_ == text_.size(); }
  const PathProblem& problem() const { return problem_; }

  /// The problem with an octet that no rule takes: eight_bit and bad_utf8 go before what the rule says.
  PathProblem problem_here(PathFault fault) const {
    if (at_end() || !is_eight_bit(text_[at_])) return {fault, at_};
    return {charset_ == AddressCharset::ascii ? PathFault::eight_bit : PathFault::bad_utf8, at_};
  }

 private:
  bool fail(PathFault fault, std::size_t offset) {
    problem_ = {fault, offset};
    return false;
  }
  bool fail(PathFault fault) { return fail(fault, at_); }
  bool fail_here(PathFault fault) {
    problem_ = problem_here(fault);
    return false;
  }
  bool at(char c) const { return !at_end() && text_[at_] == c; }
  bool take(char c) {
    if (!at(c)) return false;
    ++at_;
    return true;
  }
  bool take_if(bool (*wanted)(char)) {
    if (at_end() || !wanted(text_[at_])) return false;
    ++at_;
    return true;
  }
  bool take_non_ascii();
  bool take_source_route(std::vector<std::string>& route);
  bool take_local_part(Mailbox& mailbox);
  bool take_quoted_string(std::string& value);
  bool take_literal(std::string& domain);

  std::string_view text_;
  AddressCharset charset_;
  std::size_t at_ = 0;
  PathProblem problem_{PathFault::no_opening_bracket, 0};
};

/// UTF8-non-ascii of RFC 6532, where SMTPUTF8 allows it.
bool PathReader::take_non_ascii() {
  if (charset_ != AddressCharset::utf8 || at_end() || !is_eight_bit(text_[at_])) return false;
  const auto point = base::decode_utf8(text_.substr(at_));
  if (!point) return false;
  at_ += point->length;
  return true;
}

bool PathReader::take_path(PathKind kind, Path& path) {
  if (!take('<')) return fail(PathFault::no_opening_bracket);
  if (at('>')) {
    if (kind == PathKind::forward) return fail(PathFault::null_not_allowed);
  } else {
    if (at('@') && !take_source_route(path.route)) return false;
    if (!take_mailbox(path.mailbox)) {
      const bool bare_postmaster = problem_.fault == PathFault::no_domain && kind == PathKind::forward &&
                                   path.route.empty() && at('>') &&
                                   equals_ignoring_case(path.mailbox.original, "postmaster");
      if (!bare_postmaster) return false;
    }
  }
  if (!take('>'))
    return fail_here(at_end() || at(' ') ? PathFault::no_closing_bracket : PathFault::bad_domain);
  if (at_ > max_path_octets) return fail(PathFault::path_too_long, 0);
  path.original = text_.substr(0, at_);
  return true;
}

/// A-d-l ":"
bool PathReader::take_source_route(std::vector<std::string>& route) {
  do {
    if (!take('@')) return fail_here(PathFault::bad_source_route);
    if (!take_domain(route.emplace_back())) {
      if (problem_.fault == PathFault::bad_domain) problem_.fault = PathFault::bad_source_route;
      return false;
    }
  } while (take(','));
  return take(':') || fail_here(PathFault::bad_source_route);
}

bool PathReader::take_mailbox(Mailbox& mailbox) {
  const std::size_t begin = at_;
  if (!take_local_part(mailbox)) return false;
  mailbox.original = text_.substr(begin, at_ - begin);
  if (!take('@')) {
    return fail_here(at_end() || at('>') ? PathFault::no_domain : PathFault::bad_local_part);
  }
  const bool has_domain = at('[') ? take_literal(mailbox.domain) : take_domain(mailbox.domain);
  if (!has_domain) return false;
  mailbox.original = text_.substr(begin, at_ - begin);
  return true;
}

bool PathReader::take_local_part(Mailbox& mailbox) {
  const std::size_t begin = at_;
  const bool matched = at('"') ? take_quoted_string(mailbox.local_part) : take_dot_string(mailbox.local_part);
  if (!matched) return false;
  mailbox.local_part_original = text_.substr(begin, at_ - begin);
  if (at_ - begin > max_local_part_octets) return fail(PathFault::local_part_too_long, begin);
  return true;
}

/// Atom *("." Atom)
bool PathReader::take_dot_string(std::string& value) {
  const std::size_t begin = at_;
  do {
    const std::size_t atom = at_;
    while (take_if(is_atext) || take_non_ascii()) {
    }
    if (at_ == atom) return fail_here(PathFault::bad_local_part);
  } while (take('.'));
  value = text_.substr(begin, at_ - begin);
  return true;
}

/// DQUOTE *QcontentSMTP DQUOTE; value gets what it stands for.
bool PathReader::take_quoted_string(std::string& value) {
  if (!take('"')) return fail(PathFault::bad_local_part);
  while (!at('"')) {
    const std::size_t content = at_;
    if (take('\\')) {
      if (!take_if(is_graphic_or_space)) return fail_here(PathFault::bad_local_part);
      value += text_[at_ - 1];
    } else if (take_if(is_graphic_or_space) || take_non_ascii()) {
      value += text_.substr(content, at_ - content);
    } else {
      return fail_here(PathFault::bad_local_part);
    }
  }
  return take('"');
}

/// sub-domain *("." sub-domain)
bool PathReader::take_domain(std::string& domain) {
  const std::size_t begin = at_;
  do {
    const std::size_t label = at_;
    while (take_if(is_letter_or_digit) || (at_ > label && take('-')) || take_non_ascii()) {
    }
    if (at_ == label || text_[at_ - 1] == '-') return fail_here(PathFault::bad_domain);
  } while (take('.'));
  domain = text_.substr(begin, at_ - begin);
  if (domain.size() > max_domain_octets) return fail(PathFault::domain_too_long, begin);
  return true;
}

bool PathReader::take_literal(std::string& domain) {
  const std::size_t begin = at_;
  const std::size_t end = text_.find(']', begin);
  if (end == std::string_view::npos) return fail(PathFault::bad_address_literal);
  const std::string_view literal = text_.substr(begin, end + 1 - begin);
  if (!is_address_literal(literal)) return fail(PathFault::bad_address_literal);
  at_ = end + 1;
  domain = literal;
  if (domain.size() > max_domain_octets) return fail(PathFault::domain_too_long, begin);
  return true;
}

}  // namespace

std::string_view to_string(PathFault fault) {
  switch (fault) {
    case PathFault::no_opening_bracket:
      return "no_opening_bracket";
    case PathFault::no_closing_bracket:
      return "no_closing_bracket";
    case PathFault::null_not_allowed:
      return "null_not_allowed";
    case PathFault::bad_source_route:
      return "bad_source_route";
    case PathFault::bad_local_part:
      return "bad_local_part";
    case PathFault::no_domain:
      return "no_domain";
    case PathFault::bad_domain:
      return "bad_domain";
    case PathFault::bad_address_literal:
      return "bad_address_literal";
    case PathFault::eight_bit:
      return "eight_bit";
    case PathFault::bad_utf8:
      return "bad_utf8";
    case PathFault::local_part_too_long:
      return "local_part_too_long";
    case PathFault::domain_too_long:
      return "domain_too_long";
    case PathFault::path_too_long:
      return "path_too_long";
  }
  return "unknown";
}

PathOutcome parse_path(std::string_view text, PathKind kind, AddressCharset charset) {
  PathReader reader(text, charset);
  Path path;
  if (!reader.take_path(kind, path)) return reader.problem();
  return path;
}

std::variant<Mailbox, PathProblem> parse_mailbox(std::string_view text, AddressCharset charset) {
  PathReader reader(text, charset);
  Mailbox mailbox;
  if (!reader.take_mailbox(mailbox)) return reader.problem();
  if (!reader.at_end()) return reader.problem_here(PathFault::bad_domain);
  return mailbox;
}

bool is_domain(std::string_view text, AddressCharset charset) {
  PathReader reader(text, charset);
  std::string domain;
  return reader.take_domain(domain) && reader.at_end();
}

std::string quote_local_part(std::string_view local_part) {
  PathReader reader(local_part, AddressCharset::utf8);
  std::string value;
  if (reader.take_dot_string(value) && reader.at_end()) return value;

  std::string quoted = "\"";
  for (const char c : local_part) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace smtpspec::smtp
