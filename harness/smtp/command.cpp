// SPDX-License-Identifier: Apache-2.0
#include "smtp/command.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "smtp/letter_case.hpp"

namespace smtpspec::smtp {

namespace {

bool is_verb(std::string_view text) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= '0' && c <= '9') || (to_upper(c) >= 'A' && to_upper(c) <= 'Z');
  };
  return std::all_of(text.begin(), text.end(), is_letter_or_digit);
}

CommandFault fault_of(unsigned char octet) {
  switch (octet) {
    case '\0':
      return CommandFault::nul;
    case '\r':
      return CommandFault::bare_cr;
    case '\n':
      return CommandFault::bare_lf;
    default:
      return octet > 127 ? CommandFault::eight_bit : CommandFault::control_character;
  }
}

void note(Command& command, CommandFault fault) {
  if (!command.has(fault)) command.faults.push_back(fault);
}

void note_octets(Command& command) {
  for (const char c : command.line) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 32 || octet > 126) note(command, fault_of(octet));
  }
  if (command.ending == Ending::lf) note(command, CommandFault::bare_lf);
  if (command.ending == Ending::cr) note(command, CommandFault::bare_cr);
}

PathArgumentOutcome parse_path_argument(std::string_view prefix, std::string_view text, PathKind kind,
                                        AddressCharset charset) {
  if (!equals_ignoring_case(text.substr(0, prefix.size()), prefix)) return ArgumentFault::no_prefix;
  text.remove_prefix(prefix.size());
  if (!text.empty() && (text[0] == ' ' || text[0] == '\t')) return ArgumentFault::space_after_colon;

  PathOutcome path = parse_path(text, kind, charset);
  if (auto* problem = std::get_if<PathProblem>(&path)) {
    problem->offset += prefix.size();
    return *problem;
  }
  PathArgument argument{std::get<Path>(std::move(path)), {}};
  const std::size_t path_octets = argument.path.original.size();
  auto parameters = parse_parameters(text.substr(path_octets), charset);
  if (auto* problem = std::get_if<ParameterProblem>(&parameters)) {
    problem->offset += prefix.size() + path_octets;
    return *problem;
  }
  argument.parameters = std::get<0>(std::move(parameters));
  return argument;
}

std::string build_path_command(std::string_view beginning, std::string_view mailbox,
                               const std::vector<std::string>& parameters) {
  std::string line = fmt::format("{}:<{}>", beginning, mailbox);
  for (const std::string& parameter : parameters) {
    line += ' ';
    line += parameter;
  }
  return line;
}

}  // namespace

std::string_view to_string(CommandFault fault) {
  switch (fault) {
    case CommandFault::empty:
      return "empty";
    case CommandFault::bad_verb:
      return "bad_verb";
    case CommandFault::bare_cr:
      return "bare_cr";
    case CommandFault::bare_lf:
      return "bare_lf";
    case CommandFault::nul:
      return "nul";
    case CommandFault::control_character:
      return "control_character";
    case CommandFault::eight_bit:
      return "eight_bit";
  }
  return "unknown";
}

std::string_view to_string(ArgumentFault fault) {
  return fault == ArgumentFault::no_prefix ? "no_prefix" : "space_after_colon";
}

std::string_view Command::argument() const {
  std::string_view text = rest();
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool Command::has(CommandFault fault) const {
  return std::find(faults.begin(), faults.end(), fault) != faults.end();
}

Command parse_command(const LineView& view) {
  Command command;
  command.line.assign(view.text);
  command.ending = view.ending;
  const std::size_t space = std::min(command.line.find(' '), command.line.size());
  const std::string_view verb = std::string_view(command.line).substr(0, space);
  command.verb = to_upper(verb);
  command.rest_offset = std::min(space + 1, command.line.size());
  command.has_argument = !command.argument().empty();

  const bool only_spaces = verb.empty() && !command.has_argument;
  if (only_spaces) {
    note(command, CommandFault::empty);
  } else if (verb.empty() || !is_verb(verb)) {
    note(command, CommandFault::bad_verb);
  }
  note_octets(command);
  return command;
}

const Parameter* PathArgument::find(std::string_view keyword) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& parameter) {
    return equals_ignoring_case(parameter.keyword, keyword);
  });
  return found == parameters.end() ? nullptr : &*found;
}

PathArgumentOutcome parse_mail_argument(std::string_view text, AddressCharset charset) {
  return parse_path_argument("FROM:", text, PathKind::reverse, charset);
}

PathArgumentOutcome parse_rcpt_argument(std::string_view text, AddressCharset charset) {
  return parse_path_argument("TO:", text, PathKind::forward, charset);
}

std::string build_command(std::string_view verb, std::string_view argument) {
  std::string line(verb);
  if (!argument.empty()) {
    line += ' ';
    line += argument;
  }
  return line;
}

std::string build_mail(std::string_view mailbox, const std::vector<std::string>& parameters) {
  return build_path_command("MAIL FROM", mailbox, parameters);
}

std::string build_rcpt(std::string_view mailbox, const std::vector<std::string>& parameters) {
  return build_path_command("RCPT TO", mailbox, parameters);
}

std::string build_bdat(std::uint64_t octets, bool last) {
  return fmt::format("BDAT {}{}", octets, last ? " LAST" : "");
}

}  // namespace smtpspec::smtp
