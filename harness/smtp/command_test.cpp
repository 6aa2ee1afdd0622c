// SPDX-License-Identifier: Apache-2.0
#include "smtp/command.hpp"

#include <gmock/gmock.h>

namespace smtpspec::smtp {
namespace {

using F = CommandFault;
using ::testing::IsEmpty;
using namespace std::string_literals;

struct CommandCase {
  std::string line;
  std::string verb;
  std::string rest;
  std::string argument;
  std::vector<CommandFault> faults;
};

TEST(Command, IsCutIntoVerbAndRest) {
  const CommandCase cases[] = {
      {"NOOP", "NOOP", "", "", {}},
      {"noop", "NOOP", "", "", {}},
      {"NOOP ", "NOOP", "", "", {}},
      {"NOOP  x ", "NOOP", " x ", " x", {}},
      {"Mail FROM:<a@b>", "MAIL", "FROM:<a@b>", "FROM:<a@b>", {}},
      {"EHLO x \t", "EHLO", "x \t", "x", {F::control_character}},
      {"", "", "", "", {F::empty}},
      {"   ", "", "  ", "", {F::empty}},
      {" NOOP", "", "NOOP", "NOOP", {F::bad_verb}},
      {"NO-OP", "NO-OP", "", "", {F::bad_verb}},
      {"EHLO\tx", "EHLO\tX", "", "", {F::bad_verb, F::control_character}},
      {"MAIL\xff", "MAIL\xff", "", "", {F::bad_verb, F::eight_bit}},
      {"NOOP a\rb", "NOOP", "a\rb", "a\rb", {F::bare_cr}},
      {"NOOP a\nb", "NOOP", "a\nb", "a\nb", {F::bare_lf}},
      {"NOOP a\0b"s, "NOOP", "a\0b"s, "a\0b"s, {F::nul}},
      {"NOOP \x7f", "NOOP", "\x7f", "\x7f", {F::control_character}},
      {"VRFY gr\xc3\xbc", "VRFY", "gr\xc3\xbc", "gr\xc3\xbc", {F::eight_bit}},
  };
  for (const CommandCase& wanted : cases) {
    const Command command = parse_command(Line{wanted.line, Ending::crlf});
    EXPECT_EQ(command.line, wanted.line);
    EXPECT_EQ(command.verb, wanted.verb) << wanted.line;
    EXPECT_EQ(command.rest(), wanted.rest) << wanted.line;
    EXPECT_EQ(command.argument(), wanted.argument) << wanted.line;
    EXPECT_EQ(command.has_argument, !wanted.argument.empty()) << wanted.line;
    EXPECT_EQ(command.faults, wanted.faults) << wanted.line;
  }
}

TEST(Command, EndingCounts) {
  EXPECT_TRUE(parse_command(Line{"NOOP", Ending::lf}).has(F::bare_lf));
  EXPECT_TRUE(parse_command(Line{"NOOP", Ending::cr}).has(F::bare_cr));
  EXPECT_EQ(parse_command(Line{"NOOP", Ending::crlf}).octets(), 6U);
  EXPECT_EQ(parse_command(Line{"NOOP", Ending::lf}).octets(), 5U);
}

TEST(Command, CanBeCopiedAndMoved) {
  Command command = parse_command(Line{"EHLO a", Ending::crlf});
  const Command moved = std::move(command);
  EXPECT_EQ(moved.rest(), "a");
}

TEST(PathArgument, OfMailAndRcpt) {
  const auto mail = parse_mail_argument("from:<a@b.test> size=5 BODY=8BITMIME");
  ASSERT_TRUE(std::holds_alternative<PathArgument>(mail));
  EXPECT_EQ(std::get<PathArgument>(mail).path.mailbox.original, "a@b.test");
  EXPECT_EQ(std::get<PathArgument>(mail).find("SIZE")->value, "5");
  EXPECT_EQ(std::get<PathArgument>(mail).find("AUTH"), nullptr);
  EXPECT_TRUE(std::get<PathArgument>(parse_mail_argument("FROM:<>")).path.is_null());
  EXPECT_TRUE(std::get<PathArgument>(parse_rcpt_argument("TO:<postmaster>")).path.is_bare_postmaster());
}

TEST(PathArgument, Bad) {
  EXPECT_EQ(std::get<ArgumentFault>(parse_mail_argument("")), ArgumentFault::no_prefix);
  EXPECT_EQ(std::get<ArgumentFault>(parse_mail_argument("<a@b>")), ArgumentFault::no_prefix);
  EXPECT_EQ(std::get<ArgumentFault>(parse_mail_argument("TO:<a@b>")), ArgumentFault::no_prefix);
  EXPECT_EQ(std::get<ArgumentFault>(parse_mail_argument(" FROM:<a@b>")), ArgumentFault::no_prefix);
  EXPECT_EQ(std::get<ArgumentFault>(parse_mail_argument("FROM <a@b>")), ArgumentFault::no_prefix);
  EXPECT_EQ(std::get<ArgumentFault>(parse_mail_argument("FROM: <a@b>")), ArgumentFault::space_after_colon);
  EXPECT_EQ(std::get<PathProblem>(parse_mail_argument("FROM:")).fault, PathFault::no_opening_bracket);
  EXPECT_EQ(std::get<PathProblem>(parse_mail_argument("FROM:<a..b@c>")).offset, 8U);
  EXPECT_EQ(std::get<PathProblem>(parse_rcpt_argument("TO:<>")).fault, PathFault::null_not_allowed);
  EXPECT_EQ(std::get<ParameterProblem>(parse_mail_argument("FROM:<a@b>SIZE=1")).fault,
            ParameterFault::bad_spacing);
  EXPECT_EQ(std::get<ParameterProblem>(parse_mail_argument("FROM:<a@b>>")).offset, 10U);
  EXPECT_EQ(std::get<PathProblem>(parse_mail_argument("FROM:<gr\xc3\xbc@b>")).fault, PathFault::eight_bit);
  EXPECT_EQ(parse_mail_argument("FROM:<gr\xc3\xbc@b>", AddressCharset::utf8).index(), 0U);
}

TEST(Command, Building) {
  EXPECT_EQ(build_command("QUIT"), "QUIT");
  EXPECT_EQ(build_command("EHLO", "a.test"), "EHLO a.test");
  EXPECT_EQ(build_mail(""), "MAIL FROM:<>");
  EXPECT_EQ(build_mail("a@b", {"SIZE=1", "SMTPUTF8"}), "MAIL FROM:<a@b> SIZE=1 SMTPUTF8");
  EXPECT_EQ(build_rcpt("a@b"), "RCPT TO:<a@b>");
  EXPECT_EQ(build_bdat(86, false), "BDAT 86");
  EXPECT_EQ(build_bdat(0, true), "BDAT 0 LAST");
}

}  // namespace
}  // namespace smtpspec::smtp
