// SPDX-License-Identifier: Apache-2.0
#include "smtp/path.hpp"

#include <gmock/gmock.h>

namespace smtpspec::smtp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using F = PathFault;
using namespace std::string_literals;

Path good(std::string_view text, PathKind kind = PathKind::forward,
          AddressCharset charset = AddressCharset::ascii) {
  const PathOutcome outcome = parse_path(text, kind, charset);
  if (const auto* problem = std::get_if<PathProblem>(&outcome)) {
    ADD_FAILURE() << text << ": " << to_string(problem->fault) << " at " << problem->offset;
    return {};
  }
  return std::get<Path>(outcome);
}

TEST(Path, KeepsTheOriginalBesideTheValue) {
  const Path path = good("<\"a b\\\"\\c\"@Example.test> SIZE=1");
  EXPECT_EQ(path.original, "<\"a b\\\"\\c\"@Example.test>");
  EXPECT_EQ(path.mailbox.original, "\"a b\\\"\\c\"@Example.test");
  EXPECT_EQ(path.mailbox.local_part, "a b\"c");
  EXPECT_EQ(path.mailbox.local_part_original, "\"a b\\\"\\c\"");
  EXPECT_EQ(path.mailbox.domain, "Example.test");
  EXPECT_FALSE(path.is_null());
  EXPECT_FALSE(path.mailbox.is_literal());
}

TEST(Path, NullIsForReversePathsAlone) {
  EXPECT_TRUE(good("<>", PathKind::reverse).is_null());
  EXPECT_EQ(good("<> BODY=7BIT", PathKind::reverse).original, "<>");
}

TEST(Path, PostmasterNeedsNoDomainInRcpt) {
  for (const char* text : {"<Postmaster>", "<postmaster>", "<POSTMASTER>"}) {
    const Path path = good(text);
    EXPECT_TRUE(path.is_bare_postmaster());
    EXPECT_FALSE(path.is_null());
    EXPECT_EQ(path.original, text);
  }
  EXPECT_FALSE(good("<postmaster@a.test>").is_bare_postmaster());
}

TEST(Path, SourceRouteIsKeptApart) {
  const Path path = good("<@one.test,@two.test:user@three.test>");
  EXPECT_THAT(path.route, ElementsAre("one.test", "two.test"));
  EXPECT_EQ(path.mailbox.original, "user@three.test");
  EXPECT_THAT(good("<@one.test:user@three.test>", PathKind::reverse).route, ElementsAre("one.test"));
}

TEST(Path, GoodForms) {
  for (const char* text :
       {"<a@b>", "<a.b.c@d.e>", "<!#$%&'*+-/=?^_`{|}~@x.test>", "<user+token@example.test>", "<\"\"@x.test>",
        "<\"@\"@x.test>", "<\">\"@x.test>", "<\"\\\\\"@x.test>", "<\" \"@x.test>", "<a@1.2>", "<a@a-b.test>",
        "<a@xn--bcher-kva.test>", "<a@[192.0.2.1]>", "<a@[IPv6:2001:db8::1]>", "<a@[tag:x]>",
        "<user%host@x.test>", "<host!user@x.test>"}) {
    EXPECT_EQ(good(text).original, text);
    EXPECT_EQ(good(text, PathKind::reverse).original, text);
  }
  EXPECT_TRUE(good("<a@[192.0.2.1]>").mailbox.is_literal());
}

struct BadPath {
  std::string text;
  PathFault fault;
  std::size_t offset;
  PathKind kind = PathKind::forward;
  AddressCharset charset = AddressCharset::ascii;
};

TEST(Path, BadForms) {
  constexpr auto reverse = PathKind::reverse;
  constexpr auto forward = PathKind::forward;
  constexpr auto utf8 = AddressCharset::utf8;
  const BadPath cases[] = {
      {"", F::no_opening_bracket, 0},
      {"a@b.test", F::no_opening_bracket, 0},
      {" <a@b.test>", F::no_opening_bracket, 0},
      {"<", F::bad_local_part, 1},
      {"<>", F::null_not_allowed, 1},
      {"< >", F::bad_local_part, 1, reverse},
      {"<@>", F::bad_source_route, 2},
      {"<@a.test>", F::bad_source_route, 8},
      {"<@a.test,b.test:c@d.test>", F::bad_source_route, 9},
      {"<@a.test,@:c@d.test>", F::bad_source_route, 10},
      {"<@a.test:>", F::bad_local_part, 9},
      {"<@a.test:postmaster>", F::no_domain, 19},
      {"<user>", F::no_domain, 5},
      {"<postmaster>", F::no_domain, 11, reverse},
      {"<\"postmaster\">", F::no_domain, 13},
      {"<user@>", F::bad_domain, 6},
      {"<user", F::no_domain, 5},
      {"<user@b.test", F::no_closing_bracket, 12},
      {"<user@b.test SIZE=1", F::no_closing_bracket, 12},
      {"<user@b.test@c.test>", F::bad_domain, 12},
      {"<user@b..test>", F::bad_domain, 8},
      {"<user@.b.test>", F::bad_domain, 6},
      {"<user@b.test.>", F::bad_domain, 13},
      {"<user@-b.test>", F::bad_domain, 6},
      {"<user@b-.test>", F::bad_domain, 8},
      {"<user@my_host.test>", F::bad_domain, 8},
      {"<user@[192.0.2.1>", F::bad_address_literal, 6},
      {"<user@[192.0.2.256]>", F::bad_address_literal, 6},
      {"<user@[192.0.2.1]x>", F::bad_domain, 17},
      {"<@b.test>", F::bad_source_route, 8},
      {"<.a@b.test>", F::bad_local_part, 1},
      {"<a.@b.test>", F::bad_local_part, 3},
      {"<a..b@b.test>", F::bad_local_part, 3},
      {"<a b@b.test>", F::bad_local_part, 2},
      {"<a,b@b.test>", F::bad_local_part, 2},
      {"<a\"b\"@b.test>", F::bad_local_part, 2},
      {"<\"a\"b@b.test>", F::bad_local_part, 4},
      {"<\"a@b.test>", F::bad_local_part, 11},
      {"<\"a\\", F::bad_local_part, 4},
      {"<\"a\tb\"@b.test>", F::bad_local_part, 3},
      {"<\"\\\x01\"@b.test>", F::bad_local_part, 3},
      {"<a\0b@b.test>"s, F::bad_local_part, 2},
      {"<<a@b.test>>", F::bad_local_part, 1},
      {"<a(comment)@b.test>", F::bad_local_part, 2},
      {"<gr\xc3\xbc@b.test>", F::eight_bit, 3},
      {"<\"gr\xc3\xbc\"@b.test>", F::eight_bit, 4},
      {"<a@b\xc3\xbc.test>", F::eight_bit, 4},
      {"<@b\xc3\xbc.test:a@b.test>", F::eight_bit, 3},
      {"<a\xff@b.test>", F::bad_utf8, 2, forward, utf8},
      {"<a\xc3@b.test>", F::bad_utf8, 2, forward, utf8},
      {"<a@b\xc0\x80.test>", F::bad_utf8, 4, forward, utf8},
      {"<\"a\\\xc3\xbc\"@b.test>", F::bad_utf8, 4, forward, utf8},
  };
  for (const BadPath& bad : cases) {
    const PathOutcome outcome = parse_path(bad.text, bad.kind, bad.charset);
    const auto* problem = std::get_if<PathProblem>(&outcome);
    ASSERT_NE(problem, nullptr) << bad.text;
    EXPECT_EQ(problem->fault, bad.fault) << bad.text << ": " << to_string(problem->fault);
    EXPECT_EQ(problem->offset, bad.offset) << bad.text;
  }
}

TEST(Path, Utf8WithSmtputf8) {
  const Path path =
      good("<gr\xc3\xbc\xc3\x9f.\xe4\xb8\xad@b\xc3\xbc.test>", PathKind::forward, AddressCharset::utf8);
  EXPECT_EQ(path.mailbox.local_part, "gr\xc3\xbc\xc3\x9f.\xe4\xb8\xad");
  EXPECT_EQ(path.mailbox.domain, "b\xc3\xbc.test");
  EXPECT_EQ(good("<\"\xc3\xbc \"@b.test>", PathKind::reverse, AddressCharset::utf8).mailbox.local_part,
            "\xc3\xbc ");
}

std::string long_domain(std::size_t octets) {
  std::string domain;
  while (domain.size() + 64 < octets) domain += std::string(60, 'a') + '.';
  return domain + std::string(octets - domain.size(), 'a');
}

PathFault fault_of(std::string_view text) {
  const PathOutcome outcome = parse_path(text, PathKind::forward);
  const auto* problem = std::get_if<PathProblem>(&outcome);
  return problem == nullptr ? F::no_opening_bracket : problem->fault;
}

TEST(Path, LengthLimits) {
  const std::string local64(64, 'l');
  EXPECT_EQ(good("<" + local64 + "@b.test>").mailbox.local_part, local64);
  EXPECT_EQ(fault_of("<" + local64 + "l@b.test>"), F::local_part_too_long);
  EXPECT_EQ(fault_of("<\"" + std::string(63, 'l') + "\"@b.test>"), F::local_part_too_long);
  EXPECT_EQ(good("<a@" + long_domain(252) + ">").original.size(), 256U);
  EXPECT_EQ(fault_of("<a@" + long_domain(253) + ">"), F::path_too_long);
  EXPECT_EQ(fault_of("<a@" + long_domain(256) + ">"), F::domain_too_long);
  EXPECT_TRUE(is_domain(long_domain(255)));
  EXPECT_FALSE(is_domain(long_domain(256)));
}

TEST(Mailbox, MustBeTheWholeText) {
  const auto mailbox = parse_mailbox("a.b@c.test");
  ASSERT_TRUE(std::holds_alternative<Mailbox>(mailbox));
  EXPECT_EQ(std::get<Mailbox>(mailbox).domain, "c.test");
  for (const char* text : {"", "a", "a@", "@b", "<a@b>", "a@b ", "a@b>", "a@b,c@d", "a@b c"}) {
    EXPECT_TRUE(std::holds_alternative<PathProblem>(parse_mailbox(text))) << text;
  }
}

TEST(Domain, Grammar) {
  for (const char* text : {"a", "a.b", "1", "1.2.3.4", "a--b", "mx1.example.test", "A"})
    EXPECT_TRUE(is_domain(text)) << text;
  for (const char* text :
       {"", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", "a\t", "[192.0.2.1]", "b\xc3\xbc"}) {
    EXPECT_FALSE(is_domain(text)) << text;
  }
  EXPECT_TRUE(is_domain("b\xc3\xbc.test", AddressCharset::utf8));
}

TEST(QuoteLocalPart, AsLittleAsPossible) {
  EXPECT_EQ(quote_local_part("a.b"), "a.b");
  EXPECT_EQ(quote_local_part("a b"), "\"a b\"");
  EXPECT_EQ(quote_local_part("a\"\\"), "\"a\\\"\\\\\"");
  EXPECT_EQ(quote_local_part(".a"), "\".a\"");
  EXPECT_EQ(quote_local_part(""), "\"\"");
  EXPECT_EQ(quote_local_part("gr\xc3\xbc"), "gr\xc3\xbc");
}

TEST(PathFault, EachHasAName) {
  for (int i = 0; i <= static_cast<int>(F::path_too_long); ++i)
    EXPECT_NE(to_string(static_cast<F>(i)), "unknown");
}

}  // namespace
}  // namespace smtpspec::smtp
