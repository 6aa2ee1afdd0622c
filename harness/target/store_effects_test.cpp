// SPDX-License-Identifier: Apache-2.0
#include "target/store_effects.hpp"

#include <gtest/gtest.h>

namespace smtpspec::target {
namespace {

using Ending = StoreEffects::LineEnding;
using Quoting = StoreEffects::FromQuoting;

struct Case {
  const char* name;
  StoreEffects effects;
  std::string content;
  std::string stored;
};

const Case cases[] = {
    {"nothing is done", {}, "a\r\nb\nc\rd\r\n", "a\r\nb\nc\rd\r\n"},
    {"lf", {Ending::lf, Quoting::none, false}, "a\r\n\r\nb\r\n", "a\n\nb\n"},
    {"a bare CR stays with lf", {Ending::lf, Quoting::none, false}, "a\rb\r\r\n", "a\rb\r\n"},
    {"mboxo quotes the bare ones",
     {Ending::lf, Quoting::mboxo, false},
     "From a\r\nFromage\r\n",
     ">From a\nFromage\n"},
    {"mboxrd quotes the quoted ones",
     {Ending::lf, Quoting::mboxrd, false},
     "From a\r\n>From b\r\n>>From c\r\n",
     ">From a\n>>From b\n>>>From c\n"},
    {"the last line may be open", {Ending::lf, Quoting::mboxo, false}, "a\r\nFrom b", "a\n>From b"},
};

TEST(StoreEffects, AreApplied) {
  for (const Case& c : cases) EXPECT_EQ(as_stored(c.content, c.effects), c.stored) << c.name;
}

TEST(StoreEffects, AreUndone) {
  for (const Case& c : cases) {
    if (c.content.find("a\rb") == std::string::npos) {
      EXPECT_EQ(undo_store_effects(c.stored, c.effects), c.content) << c.name;
    }
  }
}

TEST(StoreEffects, WhatTheStoreCantTellApartBecomesEqual) {
  const StoreEffects lf{Ending::lf, Quoting::mboxo, false};
  EXPECT_EQ(as_stored("a\nb\r\n", lf), as_stored("a\r\nb\r\n", lf));
  EXPECT_EQ(as_stored(">From a\r\n", lf), as_stored("From a\r\n", lf));
}

TEST(StoreEffects, FoldingNoLongerCountsInTheHeaderOnly) {
  const StoreEffects refolds{Ending::crlf, Quoting::none, true};
  EXPECT_EQ(as_stored("A: b\r\n\tc\r\n  d\r\nE: f\r\n\r\n body\r\n", refolds),
            "A: b c d\r\nE: f\r\n\r\n body\r\n");
}

}  // namespace
}  // namespace smtpspec::target
