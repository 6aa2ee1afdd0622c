// SPDX-License-Identifier: Apache-2.0
#include "smtp/parameter.hpp"

#include <gtest/gtest.h>

namespace smtpspec::smtp {
namespace {

using F = ParameterFault;
using namespace std::string_literals;

TEST(Parameters, KeywordAndValue) {
  const auto outcome = parse_parameters(" size=100 BODY=8BITMIME smtputf8 X-1=a+3Db");
  ASSERT_TRUE(std::holds_alternative<std::vector<Parameter>>(outcome));
  const auto& parameters = std::get<std::vector<Parameter>>(outcome);
  ASSERT_EQ(parameters.size(), 4U);
  EXPECT_EQ(parameters[0].keyword, "SIZE");
  EXPECT_EQ(parameters[0].original, "size=100");
  EXPECT_EQ(parameters[0].value, "100");
  EXPECT_EQ(parameters[2].keyword, "SMTPUTF8");
  EXPECT_EQ(parameters[2].value, std::nullopt);
  EXPECT_EQ(parameters[3].value, "a+3Db");
}

TEST(Parameters, NoneIsGoodAndSpaceAtTheEndIsTolerated) {
  for (const char* text : {"", " ", "  ", "\t"}) {
    const auto outcome = parse_parameters(text);
    ASSERT_TRUE(std::holds_alternative<std::vector<Parameter>>(outcome));
    EXPECT_TRUE(std::get<std::vector<Parameter>>(outcome).empty());
  }
  EXPECT_TRUE(std::holds_alternative<std::vector<Parameter>>(parse_parameters(" SIZE=1  ")));
}

TEST(Parameters, Bad) {
  struct {
    std::string text;
    ParameterFault fault;
    std::size_t offset;
    AddressCharset charset = AddressCharset::ascii;
  } const cases[] = {
      {"SIZE=1", F::bad_spacing, 0},
      {"  SIZE=1", F::bad_spacing, 0},
      {" A  B", F::bad_spacing, 2},
      {"\tSIZE=1", F::bad_spacing, 0},
      {" =1", F::bad_keyword, 1},
      {" -A=1", F::bad_keyword, 1},
      {" A_B=1", F::bad_keyword, 1},
      {" A=", F::empty_value, 2},
      {" A= B", F::empty_value, 2},
      {" A==", F::bad_value, 3},
      {" A=b=c", F::bad_value, 3},
      {" A=b\tc", F::bad_value, 3},
      {" A=\x7f", F::bad_value, 3},
      {" A=b\0"s, F::bad_value, 3},
      {" A=\xc3\xbc", F::bad_value, 3},
      {" A\xc3\xbc=1", F::bad_keyword, 1},
      {" A=\xc3", F::bad_value, 3, AddressCharset::utf8},
      {"x", F::bad_spacing, 0},
      {">", F::bad_spacing, 0},
  };
  for (const auto& bad : cases) {
    const auto outcome = parse_parameters(bad.text, bad.charset);
    const auto* problem = std::get_if<ParameterProblem>(&outcome);
    ASSERT_NE(problem, nullptr) << bad.text;
    EXPECT_EQ(problem->fault, bad.fault) << bad.text << ": " << to_string(problem->fault);
    EXPECT_EQ(problem->offset, bad.offset) << bad.text;
  }
  EXPECT_EQ(parse_parameters(" A=\xc3\xbc", AddressCharset::utf8).index(), 0U);
}

}  // namespace
}  // namespace smtpspec::smtp
