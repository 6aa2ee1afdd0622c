// SPDX-License-Identifier: Apache-2.0
#include "target/placeholders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpspec::target {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Variables variables{
    {"port", "2525"}, {"dir", "/tmp/x"}, {"libraries", "{dir}/lib"}, {"loop", "{loop}"}};

TEST(Placeholders, AreFilledWhereverTheyStand) {
  EXPECT_EQ(fill("{dir}/conf:{port}", variables), "/tmp/x/conf:2525");
  EXPECT_EQ(fill("{{port}}", variables), "{2525}");
}

TEST(Placeholders, OtherBracesStay) {
  EXPECT_EQ(fill("${stress?{1}:{20}} { a = b } {token} {", variables),
            "${stress?{1}:{20}} { a = b } {token} {");
}

TEST(Placeholders, MayStandInValues) {
  EXPECT_EQ(fill("{libraries}", variables), "/tmp/x/lib");
}

TEST(Placeholders, ACircleEnds) {
  EXPECT_EQ(fill("{loop}", variables), "{loop}");
}

TEST(Placeholders, SlipsOfThePenAreNoticed) {
  EXPECT_THAT(misspelt_placeholders("{prot} {token} {1} {port}", variables),
              ElementsAre("{prot}, did you mean {port}?"));
  EXPECT_THAT(misspelt_placeholders("{elsewhere}", variables), IsEmpty());
}

}  // namespace
}  // namespace smtpspec::target
