// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "smtp/line.hpp"
#include "smtp/parameter.hpp"
#include "smtp/path.hpp"

namespace smtpspec::smtp {

/// What a strict server sees wrong with a command line before it looks at the verb (RFC
/// 5321 2.3.8, 2.4, 4.1.1).
enum class CommandFault {
  empty,     ///< no verb at all
  bad_verb,  ///< it begins with a space, or its verb has other characters than letters and digits
  bare_cr,
  bare_lf,  ///< a LF in the text, or as the line's ending
  nul,
  control_character,  ///< another octet below 32, or 127; HT included
  eight_bit,          ///< an octet above 127; legal in the arguments of SMTPUTF8
};

std::string_view to_string(CommandFault fault);

/// One command line, cut into verb and rest.
struct Command {
  std::string line;  ///< as it came, without its ending
  Ending ending = Ending::crlf;
  std::string verb;  ///< upper-cased
  std::size_t rest_offset =
      0;  ///< where in line the argument begins, after one space; line.size() when there is none
  bool has_argument = false;  ///< a space follows the verb and something else than spaces follows that
  std::vector<CommandFault> faults;

  /// The argument as written. Trailing spaces are part of it.
  std::string_view rest() const { return std::string_view(line).substr(rest_offset); }

  /// The argument without the trailing white space that a receiver should tolerate (RFC 5321 4.1.1).
  std::string_view argument() const;

  std::size_t octets() const { return line.size() + bytes_of(ending).size(); }
  bool has(CommandFault fault) const;
};

inline constexpr std::size_t max_command_octets = 512;  // RFC 5321 4.5.3.1.4, CRLF included

Command parse_command(const LineView& line);
inline Command parse_command(const Line& line) {
  return parse_command(LineView{line.text, line.ending});
}

/// The argument of MAIL or RCPT.
struct PathArgument {
  Path path;
  std::vector<Parameter> parameters;

  /// Null when it is not there.
  const Parameter* find(std::string_view keyword) const;
};

/// `FROM:` or `TO:` is missing, or followed by a space (RFC 5321 3.3 allows none).
enum class ArgumentFault { no_prefix, space_after_colon };
std::string_view to_string(ArgumentFault fault);

using PathArgumentOutcome = std::variant<PathArgument, ArgumentFault, PathProblem, ParameterProblem>;

/// "FROM:<...> [parameters]": what follows MAIL and its space.
PathArgumentOutcome parse_mail_argument(std::string_view text,
                                        AddressCharset charset = AddressCharset::ascii);

/// "TO:<...> [parameters]": what follows RCPT and its space.
PathArgumentOutcome parse_rcpt_argument(std::string_view text,
                                        AddressCharset charset = AddressCharset::ascii);

/// Builds a command line without its CRLF: the verb, and a space and the argument unless that is empty.
std::string build_command(std::string_view verb, std::string_view argument = {});

/// MAIL FROM:<mailbox> and parameters as written ("SIZE=100"). An empty mailbox gives the null path.
std::string build_mail(std::string_view mailbox, const std::vector<std::string>& parameters = {});
std::string build_rcpt(std::string_view mailbox, const std::vector<std::string>& parameters = {});
std::string build_bdat(std::uint64_t octets, bool last);

}  // namespace smtpspec::smtp
