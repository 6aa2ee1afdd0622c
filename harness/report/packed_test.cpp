// SPDX-License-Identifier: Apache-2.0
#include "report/packed.hpp"

#include <gmock/gmock.h>

#include "report/phrases.hpp"

namespace smtpspec::report {
namespace {

using ::testing::ElementsAre;

TEST(Packed, IsRawDeflateInBase64) {
  // As Python's zlib.compressobj(9, zlib.DEFLATED, -15) and base64 write it.
  EXPECT_EQ(packed(""), "AwA=");
  EXPECT_EQ(packed("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), "S0zEBwA=");
}

TEST(Packed, HashOfAPolicy) {
  EXPECT_EQ(policy_hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(policy_hash("alert(1)"), "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=");
}

TEST(Phrases, NumbersWhatIsSaidTwiceTheMostFrequentFirst) {
  Phrases phrases;
  for (const char* text : {"once only", "twice", "thrice", "thrice", "twice", "thrice", "abc", "abc"})
    phrases.count(text);
  phrases.order();
  EXPECT_THAT(phrases.all(), ElementsAre("thrice", "twice"));
  EXPECT_EQ(phrases.number("twice"), 1);
  EXPECT_EQ(phrases.number("once only"), Phrases::none);
  EXPECT_EQ(phrases.number("abc"), Phrases::none);
  EXPECT_EQ(phrases.number("never"), Phrases::none);
}

}  // namespace
}  // namespace smtpspec::report
