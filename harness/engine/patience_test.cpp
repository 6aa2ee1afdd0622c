// SPDX-License-Identifier: Apache-2.0
#include "engine/patience.hpp"

#include <gtest/gtest.h>

namespace smtpspec::engine {
namespace {

using From = scenario::Prelude::From;
using Kind = PreludeFailure::Kind;

scenario::Prelude up_to(From from) {
  scenario::Prelude prelude;
  prelude.from = from;
  return prelude;
}

const scenario::Prelude connected = up_to(From::connect), greeted = up_to(From::greeting),
                        ehlo = up_to(From::ehlo), data = up_to(From::data);

Patience::Way way(const scenario::Prelude& prelude, const char* on = "smtp") {
  return {on, "stranger", prelude};
}

Patience after(Kind kind, const char* stage, std::size_t times) {
  Patience patience;
  for (std::size_t i = 0; i < times; ++i) patience.note(way(ehlo), PreludeFailure{kind, stage, ""});
  return patience;
}

TEST(Patience, SilenceAtOneStageBlocksWhatHasToPassIt) {
  const auto patience = after(Kind::silence, "EHLO", Patience::in_a_row);
  EXPECT_TRUE(patience.objection(way(ehlo)));
  EXPECT_TRUE(patience.objection(way(data)));
  EXPECT_EQ(patience.objection(way(data))->stage, "EHLO");
  EXPECT_FALSE(patience.objection(way(greeted)));
  EXPECT_FALSE(patience.objection(way(connected)));
}

TEST(Patience, AnotherEndpointIsAnotherMatter) {
  const auto patience = after(Kind::silence, "EHLO", Patience::in_a_row);
  EXPECT_FALSE(patience.objection(way(ehlo, "submission")));
}

TEST(Patience, OneLessIsNotEnough) {
  const auto patience = after(Kind::silence, "EHLO", Patience::in_a_row - 1);
  EXPECT_FALSE(patience.objection(way(ehlo)));
  EXPECT_TRUE(patience.is_worth_another_try(way(ehlo)));
}

TEST(Patience, WhoeverGetsPastAStageClearsIt) {
  auto patience = after(Kind::silence, "EHLO", Patience::in_a_row);
  patience.note(way(ehlo), std::nullopt);
  EXPECT_FALSE(patience.objection(way(ehlo)));
}

TEST(Patience, FailingFurtherOnClearsTheStagesBefore) {
  auto patience = after(Kind::silence, "EHLO", Patience::in_a_row);
  patience.note(way(data), PreludeFailure{Kind::silence, "MAIL", ""});
  EXPECT_FALSE(patience.objection(way(ehlo)));
}

TEST(Patience, RefusalsCostNoTimeAndAreOnlyNotTriedAgain) {
  const auto patience = after(Kind::closed, "the greeting", Patience::in_a_row);
  EXPECT_FALSE(patience.objection(way(ehlo)));
  EXPECT_FALSE(patience.is_worth_another_try(way(ehlo)));
  EXPECT_TRUE(patience.is_worth_another_try(way(connected)));
}

TEST(Patience, MailThatNeverComesToRestIsSoonNotTriedAgainAndStopsNothingElse) {
  auto to_mail = way(data);
  to_mail.to_mail = true;
  Patience patience;
  for (std::size_t i = 0; i < Patience::in_a_row; ++i) {
    EXPECT_TRUE(patience.is_worth_another_try(to_mail));
    patience.note(to_mail, PreludeFailure{Kind::temporary, Patience::mail, ""});
    patience.note(way(data), std::nullopt);  // a case that asks for no mail tells nothing of it
  }
  EXPECT_FALSE(patience.is_worth_another_try(to_mail));
  EXPECT_TRUE(patience.is_worth_another_try(way(data)));
  EXPECT_FALSE(patience.objection(to_mail));
  patience.note(to_mail, std::nullopt);
  EXPECT_TRUE(patience.is_worth_another_try(to_mail));
}

}  // namespace
}  // namespace smtpspec::engine
