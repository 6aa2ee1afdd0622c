// SPDX-License-Identifier: Apache-2.0
#include "scenario/template.hpp"

#include <gtest/gtest.h>

namespace smtpspec::scenario {
namespace {

using namespace std::string_literals;

std::optional<Value> lookup(std::string_view name) {
  static const std::map<std::string, Value, std::less<>> known{{"token", "t1"s},
                                                               {"mailbox", "user@example.test"s},
                                                               {"ehlo.SIZE", std::int64_t{1000}},
                                                               {"text", "12"s},
                                                               {"ehlo.MT-PRIORITY", "MIXER"s},
                                                               {"mailbox(3)", "third@example.test"s},
                                                               {"file(a.eml)", "From: a\r\n"s},
                                                               {"second.mailbox", "b@c"s},
                                                               {"i", std::int64_t{3}},
                                                               {"s", "12"s}};
  const auto found = known.find(name);
  return found == known.end() ? std::nullopt : std::optional<Value>(found->second);
}

Template parsed(std::string_view text) {
  auto result = Template::parse(text);
  if (const auto* failure = std::get_if<Template::Failure>(&result)) {
    ADD_FAILURE() << text << ": " << failure->offset << ": " << failure->message;
    return {};
  }
  return std::get<Template>(std::move(result));
}

struct TextCase {
  const char* text;
  std::string bytes;
};

TEST(Template, GivesOctets) {
  const std::vector<TextCase> table{
      {"", ""},
      {"NOOP", "NOOP"},
      {"a\\r\\nb\\t\\0\\\\\\x41\\xff", "a\r\nb\t\0\\A\xFF"s},
      {"{{x}}", "{x}"},
      {"{{{token}}}", "{t1}"},
      {"RCPT TO:<{mailbox}>", "RCPT TO:<user@example.test>"},
      {"{ehlo.SIZE * 105 / 100}", "1050"},
      {"{ehlo.SIZE-1}", "999"},
      {"{ ehlo.SIZE + 2*3 }", "1006"},
      {"{-(1 + 2) * 2}", "-6"},
      {"{10 - 2 - 3}", "5"},
      {"{7 / 2}", "3"},
      {"{text * 2}", "24"},
      {"{ehlo.MT-PRIORITY}", "MIXER"},
      {"{second.mailbox}", "b@c"},
      {"{mailbox(i)}", "third@example.test"},
      {"{file(\"a.eml\")}", "From: a\r\n"},
      {"{fill(5)}", "abcde"},
      {"{fill(5, \"x\")}", "xxxxx"},
      {"{fill(5, 'ab')}", "ababa"},
      {"{lines(2, 3)}", "abc\r\nabc"},
      {"{octets(3)}", "e\xC3\xA9"},
      {"{base64(join(\"\\0\", \"user\", \"\\0\", \"secret\"))}", "AHVzZXIAc2VjcmV0"},
      {"{upper(\"aZ9\")}{lower(\"aZ9\")}", "AZ9az9"},
      {"{length(mailbox)}", "17"},
      {"{repeat(\"ab\", i)}", "ababab"},
  };
  for (const auto& row : table) {
    const auto result = parsed(row.text).evaluate(lookup);
    EXPECT_EQ(result.problem, "") << row.text;
    EXPECT_EQ(result.bytes, row.bytes) << row.text;
  }
}

struct FailureCase {
  const char* text;
  std::size_t offset;
  const char* message;
};

TEST(Template, SaysWhereATextIsWrong) {
  const std::vector<FailureCase> table{
      {"a\\q", 1, "'\\q' is no escape; there are \\r \\n \\t \\0 \\\\ \\xHH, and \\\\ is a backslash"},
      {"{token", 6, "a '}' must stand here; a brace itself is written {{"},
      {"a } b", 2, "this '}' closes nothing; a brace itself is written }}"},
      {"{}", 1, "here a number, a variable or a function must stand"},
      {"{1 +}", 4, "here a number, a variable or a function must stand"},
      {"{(1}", 3, "a ')' is missing"},
      {"{fil(3)}", 1, "unknown function 'fil'; did you mean 'fill'?"},
      {"{fill()}", 1, "it is called as fill(n, text)"},
      {"{\"abc}", 1, "this text has no closing quote"},
      {"{99999999999999999999}", 1, "this number is too large"},
      {"{token token}", 7, "a '}' must stand here; a brace itself is written {{"},
  };
  for (const auto& row : table) {
    const auto result = Template::parse(row.text);
    const auto* failure = std::get_if<Template::Failure>(&result);
    ASSERT_NE(failure, nullptr) << row.text;
    EXPECT_EQ(failure->offset, row.offset) << row.text;
    EXPECT_EQ(failure->message, row.message) << row.text;
  }
}

TEST(Template, DeepAndLongExpressionsAreRefused) {
  EXPECT_TRUE(
      std::holds_alternative<Template::Failure>(Template::parse("{" + std::string(100'000, '(') + "1}")));
  EXPECT_TRUE(
      std::holds_alternative<Template::Failure>(Template::parse("{" + std::string(100'000, '-') + "1}")));
  std::string chain = "{1";
  for (int i = 0; i < 100'000; ++i) chain += "+1";
  EXPECT_TRUE(std::holds_alternative<Template::Failure>(Template::parse(chain + "}")));
}

struct ProblemCase {
  const char* text;
  const char* problem;
};

TEST(Template, SaysWhyThereIsNoValue) {
  const std::vector<ProblemCase> table{
      {"{ehlo.CHUNKING}", "unknown variable 'ehlo.CHUNKING'"},
      {"{1 / 0}", "division by zero"},
      {"{mailbox * 2}", "'user@example.test' is no number"},
      {"{9223372036854775807 + 1}", "the number is too large"},
      {"{fill(999999999999)}", "fill(n, text) needs sizes from 0 to 67108864 octets"},
      {"{fill(-1)}", "fill(n, text) needs sizes from 0 to 67108864 octets"},
      {"{fill(3, \"\")}", "fill(n, text) needs a text that is not empty"},
      {"{repeat(\"abcdefgh\", 60000000)}", "repeat(text, n) needs sizes from 0 to 67108864 octets"},
      {"{lines(60000000, 10)}", "lines(n, length) needs sizes from 0 to 67108864 octets"},
      {"{join(fill(60000000), fill(60000000), fill(60000000))}", "this is more than 67108864 octets"},
      {"{content(3)}", "content(n) makes 16 octets at least"},
      {"{fill(60000000)}{fill(60000000)}", "this is more than 67108864 octets"},
  };
  for (const auto& row : table) EXPECT_EQ(parsed(row.text).evaluate(lookup).problem, row.problem) << row.text;
}

TEST(Template, NumbersAndDurations) {
  EXPECT_EQ(std::get<std::int64_t>(parsed("250ms").evaluate_number(lookup)), 250);
  EXPECT_EQ(std::get<std::int64_t>(parsed("2s").evaluate_number(lookup)), 2000);
  EXPECT_EQ(std::get<std::int64_t>(parsed("42").evaluate_number(lookup)), 42);
  EXPECT_EQ(std::get<std::int64_t>(parsed("{ehlo.SIZE + 1}").evaluate_number(lookup)), 1001);
  EXPECT_EQ(std::get<std::int64_t>(parsed("{i}s").evaluate_number(lookup)), 3000);
  EXPECT_EQ(std::get<std::string>(parsed("soon").evaluate_number(lookup)),
            "'soon' is no number and no duration");
  EXPECT_EQ(std::get<std::string>(parsed("{x}").evaluate_number(lookup)), "unknown variable 'x'");
}

TEST(Template, ATextWithoutHolesIsOnePiece) {
  const auto plain = parsed("a{{b}}\\r\\nc");
  ASSERT_NE(plain.if_literal(), nullptr);
  EXPECT_EQ(*plain.if_literal(), "a{b}\r\nc");
  EXPECT_EQ(parsed("{token}").if_literal(), nullptr);
  EXPECT_EQ(*Template().if_literal(), "");
  auto joined = Template::literal("a");
  joined.append(parsed("b"));
  joined.append(joined);
  EXPECT_EQ(*joined.if_literal(), "abab");
}

TEST(Template, NamesItsVariables) {
  const std::vector<std::string> expected{"mailbox", "i", "ehlo.SIZE", "second.mailbox"};
  EXPECT_EQ(parsed("{mailbox(i)}{ehlo.SIZE * i}{upper(second.mailbox)}").variable_names(), expected);
}

TEST(Template, PutsColumnsInForVariables) {
  const std::map<std::string, Template> columns{
      {"ending", parsed("\\n.\\n")}, {"n", parsed("4")}, {"address", parsed("<{mailbox}>")}};
  const auto evaluated = [&](std::string_view text) {
    return parsed(text).substitute(columns).evaluate(lookup).bytes;
  };
  EXPECT_EQ(evaluated("a{ending}b"), "a\n.\nb");
  EXPECT_EQ(evaluated("{n * 2}"), "8");
  EXPECT_EQ(evaluated("{length(address)}"), "19");
  EXPECT_EQ(evaluated("RCPT TO:{address} {token}"), "RCPT TO:<user@example.test> t1");
  EXPECT_NE(parsed("a{ending}b").substitute(columns).if_literal(), nullptr);
  const std::vector<std::string> names{"mailbox", "token"};
  EXPECT_EQ(parsed("{length(address)}{token}").substitute(columns).variable_names(), names);
}

}  // namespace
}  // namespace smtpspec::scenario
