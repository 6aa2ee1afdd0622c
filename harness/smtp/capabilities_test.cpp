// SPDX-License-Identifier: Apache-2.0
#include "smtp/capabilities.hpp"

#include <gmock/gmock.h>

namespace smtpspec::smtp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using FaultAt = Capabilities::FaultAt;
using F = CapabilityFault;

Capabilities read(const std::vector<std::string>& texts) {
  ReplyParser parser;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    parser.feed(Line{(i + 1 < texts.size() ? "250-" : "250 ") + texts[i], Ending::crlf});
  }
  return parse_capabilities(parser.take());
}

TEST(Capabilities, AreLookedUpInAnyCase) {
  const Capabilities found =
      read({"mx.example.test greets you", "SIZE 1000", "pipelining", "AUTH PLAIN Login", "X-Odd a=b c"});
  EXPECT_EQ(found.domain, "mx.example.test");
  EXPECT_EQ(found.greeting, "greets you");
  EXPECT_TRUE(found.has("PIPELINING"));
  EXPECT_TRUE(found.has("Pipelining"));
  EXPECT_FALSE(found.has("STARTTLS"));
  EXPECT_FALSE(found.has("SIZ"));
  EXPECT_THAT(found.parameters("size"), ElementsAre("1000"));
  EXPECT_THAT(found.parameters("AUTH"), ElementsAre("PLAIN", "Login"));
  EXPECT_THAT(found.parameters("STARTTLS"), IsEmpty());
  EXPECT_TRUE(found.offers("auth", "LOGIN"));
  EXPECT_FALSE(found.offers("AUTH", "CRAM-MD5"));
  EXPECT_THAT(found.faults, IsEmpty());
  EXPECT_EQ(found.find("PIPELINING")->line, "pipelining");
  EXPECT_EQ(found.find("PIPELINING")->keyword, "PIPELINING");
}

TEST(Capabilities, OneLineIsADomainAlone) {
  const Capabilities found = read({"mx.example.test"});
  EXPECT_EQ(found.domain, "mx.example.test");
  EXPECT_THAT(found.keywords, IsEmpty());
  EXPECT_THAT(found.faults, IsEmpty());
}

TEST(Capabilities, OfAnEmptyReplyAreNone) {
  EXPECT_THAT(parse_capabilities(Reply{}).keywords, IsEmpty());
}

struct CapabilityCase {
  std::string name;
  std::vector<std::string> texts;
  std::vector<FaultAt> faults;
};

class CapabilityGrammar : public ::testing::TestWithParam<CapabilityCase> {};
TEST_P(CapabilityGrammar, Table) {
  EXPECT_EQ(read(GetParam().texts).faults, GetParam().faults);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Table, CapabilityGrammar, ::testing::Values(
    CapabilityCase{"no_domain", {"", "SIZE"}, {{F::no_domain, 0}}},
    CapabilityCase{"space_before_domain", {" mx.test"}, {{F::no_domain, 0}}},
    CapabilityCase{"underscore_in_domain", {"my_mx.test hi"}, {{F::bad_domain, 0}}},
    CapabilityCase{"literal_for_domain", {"[192.0.2.1]"}, {{F::bad_domain, 0}}},
    CapabilityCase{"empty_line", {"mx.test", "", "SIZE"}, {{F::bad_keyword, 1}}},
    CapabilityCase{"auth_equals", {"mx.test", "AUTH=PLAIN LOGIN"}, {{F::bad_keyword, 1}}},
    CapabilityCase{"keyword_begins_with_hyphen", {"mx.test", "-X"}, {{F::bad_keyword, 1}}},
    CapabilityCase{"underscore_in_keyword", {"mx.test", "X_Y"}, {{F::bad_keyword, 1}}},
    CapabilityCase{"keyword_of_digits", {"mx.test", "8BITMIME"}, {}},
    CapabilityCase{"trailing_space", {"mx.test", "SIZE "}, {{F::bad_spacing, 1}}},
    CapabilityCase{"leading_space", {"mx.test", " SIZE"}, {{F::bad_spacing, 1}}},
    CapabilityCase{"two_spaces", {"mx.test", "SIZE  1"}, {{F::bad_spacing, 1}}},
    CapabilityCase{"only_spaces", {"mx.test", "  "}, {{F::bad_spacing, 1}, {F::bad_keyword, 1}}},
    CapabilityCase{"tab", {"mx.test", "SIZE\t1"}, {{F::bad_keyword, 1}}},
    CapabilityCase{"eight_bit_parameter", {"mx.test", "X \xc3\xbc"}, {{F::bad_parameter, 1}}},
    CapabilityCase{"control_in_parameter", {"mx.test", "X a\x01"}, {{F::bad_parameter, 1}}},
    CapabilityCase{"listed_twice", {"mx.test", "SIZE 1", "size 2"}, {{F::duplicate_keyword, 2}}},
    CapabilityCase{"anything_in_the_greeting", {"mx.test \x01  \xff"}, {}}),
    [](const auto& test) { return test.param.name; });
// clang-format on

TEST(Capabilities, ABrokenLineIsStillKept) {
  const Capabilities found = read({"mx.test", " SIZE  10 ", "AUTH=LOGIN"});
  EXPECT_THAT(found.parameters("SIZE"), ElementsAre("10"));
  EXPECT_EQ(found.keywords[0].line, " SIZE  10 ");
  EXPECT_TRUE(found.has("AUTH=LOGIN"));
  EXPECT_FALSE(found.has("AUTH"));
}

}  // namespace
}  // namespace smtpspec::smtp
