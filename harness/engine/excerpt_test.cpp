// SPDX-License-Identifier: Apache-2.0
#include "engine/excerpt.hpp"

#include <gtest/gtest.h>

namespace smtpspec::engine {
namespace {

using Kind = base::TranscriptEvent::Kind;

result::Session session_of(std::size_t octets) {
  result::Session session;
  session.events.push_back({Kind::received, {}, std::string(octets, 'x')});
  session.events.push_back({Kind::received, {}, "250 after it\r\n"});
  session.events.push_back({Kind::note, {}, "peer closed (FIN)"});
  return session;
}

TEST(Excerpt, IsTheWholeWhereThatIsShort) {
  EXPECT_EQ(excerpt("250 ok\r\n"), "250 ok\r\n");
}

TEST(Excerpt, SaysHowMuchMoreThereWas) {
  const auto text = excerpt(std::string(max_excerpt_octets + 7, 'x'));
  EXPECT_TRUE(text.ends_with("xxx ... (7 more octets)"));
  EXPECT_LT(text.size(), max_excerpt_octets + 40);
}

TEST(DialogueRoom, KeepsAllWhileThereIsRoom) {
  DialogueRoom room;
  auto session = session_of(DialogueRoom::all_octets / 2);
  room.take(session);
  EXPECT_EQ(session.events.size(), 3u);
  EXPECT_EQ(session.dropped_bytes, 0u);
}

TEST(DialogueRoom, KeepsBeginningAndNotesWhenFull) {
  DialogueRoom room;
  auto first = session_of(DialogueRoom::all_octets / 2), second = session_of(DialogueRoom::all_octets / 2);
  room.take(first);
  room.take(second);
  ASSERT_EQ(second.events.size(), 2u);
  EXPECT_EQ(second.events[0].bytes.size(), DialogueRoom::octets_when_full);
  EXPECT_EQ(second.events[1].bytes, "peer closed (FIN)");
  EXPECT_EQ(second.dropped_bytes, DialogueRoom::all_octets / 2 - DialogueRoom::octets_when_full + 14);
}

TEST(DialogueRoom, LeavesShortSessionsAloneEvenThen) {
  DialogueRoom room;
  auto first = session_of(DialogueRoom::all_octets), second = session_of(100);
  room.take(first);
  room.take(second);
  EXPECT_EQ(second.events.size(), 3u);
}

}  // namespace
}  // namespace smtpspec::engine
