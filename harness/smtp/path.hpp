// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "smtp/address_literal.hpp"

namespace smtpspec::smtp {

/// Which grammar addresses are held against: RFC 5321 4.1.2, or that with RFC 6531 3.3 (SMTPUTF8).
enum class AddressCharset { ascii, utf8 };

/// Why a text is no path (RFC 5321 4.1.2, limits 4.5.3.1).
enum class PathFault {
  no_opening_bracket,
  no_closing_bracket,
  null_not_allowed,  ///< `<>` where a Forward-path must stand
  bad_source_route,
  bad_local_part,
  no_domain,  ///< a local part without "@": legal for postmaster in RCPT alone
  bad_domain,
  bad_address_literal,
  eight_bit,            ///< an octet above 127 without SMTPUTF8
  bad_utf8,             ///< with SMTPUTF8: not valid UTF-8
  local_part_too_long,  ///< above 64 octets
  domain_too_long,      ///< above 255 octets
  path_too_long,        ///< above 256 octets, brackets included
};

/// The name of a fault, as its enumerator is spelled.
std::string_view to_string(PathFault fault);

inline constexpr std::size_t max_local_part_octets = 64;
inline constexpr std::size_t max_domain_octets = 255;
inline constexpr std::size_t max_path_octets = 256;

/// local-part@domain, kept as written beside what it means.
struct Mailbox {
  std::string original;             ///< as written
  std::string local_part;           ///< without quotes and backslashes
  std::string local_part_original;  ///< as written
  std::string domain;  ///< as written, brackets of a literal included; empty for a bare postmaster
  bool is_literal() const { return !domain.empty() && domain.front() == '['; }
};

/// A Reverse-path or Forward-path.
struct Path {
  std::string original;            ///< with its brackets, exactly as written
  std::vector<std::string> route;  ///< domains of a source route, without "@"; to be ignored
  Mailbox mailbox;                 ///< empty for the null path
  bool is_null() const { return mailbox.original.empty(); }
  bool is_bare_postmaster() const { return !is_null() && mailbox.domain.empty(); }
};

/// Why and where (offset into the text that was parsed).
struct PathProblem {
  PathFault fault;
  std::size_t offset;
};

using PathOutcome = std::variant<Path, PathProblem>;

enum class PathKind { reverse, forward };

/// Reads a path at the beginning of a text; what follows its ">" is the caller's: Path::original.size() tells
/// where. A reverse path may be `<>`; a forward path may be `<Postmaster>` in any case of letters.
PathOutcome parse_path(std::string_view text, PathKind kind, AddressCharset charset = AddressCharset::ascii);

/// Reads a mailbox that must be the whole text.
std::variant<Mailbox, PathProblem> parse_mailbox(std::string_view text,
                                                 AddressCharset charset = AddressCharset::ascii);

/// Domain of RFC 5321 4.1.2: labels of letters, digits and inner hyphens between dots, 255 octets at most.
/// The length of a label (63 in DNS) is not looked at.
bool is_domain(std::string_view text, AddressCharset charset = AddressCharset::ascii);

/// The shortest form of a local part: as it is, or quoted where it must be (RFC 5321 4.1.2 "minimum
/// quoting").
std::string quote_local_part(std::string_view local_part);

}  // namespace smtpspec::smtp
