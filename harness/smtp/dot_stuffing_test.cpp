// SPDX-License-Identifier: Apache-2.0
#include "smtp/dot_stuffing.hpp"

#include <gmock/gmock.h>

namespace smtpspec::smtp {
namespace {

using State = Unstuffer::State;
using namespace std::string_literals;

TEST(Stuffing, DotsAtTheBeginningOfALine) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {".", ".."},
      {"..", "..."},
      {"a.b\r\n", "a.b\r\n"},
      {"a\r\n.b\r\n", "a\r\n..b\r\n"},
      {".\r\n.\r\n..\r\n", "..\r\n..\r\n...\r\n"},
      {"a\r\n.", "a\r\n.."},
      {"a\n.b\r.c", "a\n.b\r.c"},
      {"\r\n\r\n.", "\r\n\r\n.."},
      {"\r\r\n.", "\r\r\n.."},
  };
  for (const auto& [content, wire] : cases) EXPECT_EQ(stuff_dots(content), wire);
}

TEST(Stuffing, TheEndOfTheMessage) {
  EXPECT_EQ(stuff(""), ".\r\n");
  EXPECT_EQ(stuff("a"), "a\r\n.\r\n");
  EXPECT_EQ(stuff("a\r\n"), "a\r\n.\r\n");
  EXPECT_EQ(stuff("."), "..\r\n.\r\n");
  EXPECT_EQ(stuff("a\r"), "a\r\r\n.\r\n");
  EXPECT_EQ(stuff("a\n"), "a\n\r\n.\r\n");
}

struct Received {
  State state = State::need_more;
  std::string content;
  std::size_t consumed = 0;
  Unstuffer::Counts counts;
  std::string ended_by;
};

Received receive(std::string_view wire, const UnstuffRules& rules, std::size_t piece_octets) {
  Unstuffer unstuffer(rules);
  Received received;
  while (received.consumed < wire.size() && received.state == State::need_more) {
    const Unstuffer::Fed fed = unstuffer.feed(wire.substr(received.consumed, piece_octets));
    received.state = fed.state;
    received.consumed += fed.consumed;
  }
  received.counts = unstuffer.counts();
  received.ended_by = unstuffer.ended_by();
  received.content = unstuffer.take_content();
  return received;
}

struct UnstuffCase {
  std::string wire;
  std::string content;
  std::string rest;  ///< of the wire, after the end
};

void expect_complete(const UnstuffCase& wanted, const UnstuffRules& rules = {}) {
  for (std::size_t piece = 1; piece <= wanted.wire.size(); ++piece) {
    const Received received = receive(wanted.wire, rules, piece);
    EXPECT_EQ(received.state, State::complete) << wanted.wire << " by " << piece;
    EXPECT_EQ(received.content, wanted.content) << wanted.wire << " by " << piece;
    EXPECT_EQ(wanted.wire.substr(received.consumed), wanted.rest) << wanted.wire << " by " << piece;
    EXPECT_EQ(received.counts.octets, wanted.content.size());
  }
}

TEST(Unstuffing, OnlyCrlfDotCrlfEnds) {
  const UnstuffCase cases[] = {
      {".\r\n", "", ""},
      {".\r\nQUIT\r\n", "", "QUIT\r\n"},
      {"\r\n.\r\n", "\r\n", ""},
      {"a\r\n.\r\n.\r\n", "a\r\n", ".\r\n"},
      {"..\r\n.\r\n", ".\r\n", ""},
      {"...a\r\n.\r\n", "..a\r\n", ""},
      {".a\r\n.\r\n", "a\r\n", ""},
      {"a.\r\n.\r\n", "a.\r\n", ""},
      {"a\r\n.b\r\n.\r\n", "a\r\nb\r\n", ""},
      {"a\n.\nb\r\n.\r\n", "a\n.\nb\r\n", ""},
      {"a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", ""},
      {"a\r.\rb\r\n.\r\n", "a\r.\rb\r\n", ""},
      {"a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n", ""},
      {"a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n", ""},
      {"a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", ""},
      {"a\r\n.\r\r\nb\r\n.\r\n", "a\r\n\r\r\nb\r\n", ""},
      {"a\r\r\n.\r\n", "a\r\r\n", ""},
      {"a\r\n\0.\r\nb\r\n.\r\n"s, "a\r\n\0.\r\nb\r\n"s, ""},
      {"a\r\n.\0\r\nb\r\n.\r\n"s, "a\r\n\0\r\nb\r\n"s, ""},
      {"\n.\n\r\n.\r\n", "\n.\n\r\n", ""},
      {".\n\r\n.\r\n", "\n\r\n", ""},
      {"\r\r\n.\r\n", "\r\r\n", ""},
      {"\r\n\r\n.\r\n", "\r\n\r\n", ""},
      {"\r\n.\r.\r\n.\r\n", "\r\n\r.\r\n", ""},
  };
  for (const UnstuffCase& wanted : cases) expect_complete(wanted);
}

TEST(Unstuffing, WithoutTheEndItWaits) {
  for (const std::string wire :
       {"", ".", ".\r", "a\r\n.\r", "a\n.\n", "a\r\n", "a\r\n..\r\n", "a.\r\n", " .\r\n"}) {
    EXPECT_EQ(receive(wire, {}, 1).state, State::need_more) << wire;
    EXPECT_EQ(receive(wire, {}, 1).consumed, wire.size());
  }
}

TEST(Unstuffing, WhatIsStrangeIsCounted) {
  const std::string wire = "a\rb\nc\0\xff\r\n.d\r\n\r\r\nlonger line\r\n\r\n.\r\n"s;
  for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
    const Received received = receive(wire, {}, piece);
    EXPECT_EQ(received.counts.lone_cr, 2U);
    EXPECT_EQ(received.counts.lone_lf, 1U);
    EXPECT_EQ(received.counts.nul, 1U);
    EXPECT_EQ(received.counts.eight_bit, 1U);
    EXPECT_EQ(received.counts.longest_line, 11U);
    EXPECT_EQ(received.ended_by, "\r\n.\r\n");
  }
}

TEST(Unstuffing, ALongMessageIsCountedNotKept) {
  UnstuffRules rules;
  rules.max_kept_octets = 3;
  const Received received = receive("abcdef\r\n.\r\n", rules, 2);
  EXPECT_EQ(received.state, State::complete);
  EXPECT_EQ(received.content, "abc");
  EXPECT_EQ(received.counts.octets, 8U);
}

TEST(Unstuffing, NothingIsTakenAfterTheEnd) {
  Unstuffer unstuffer;
  EXPECT_EQ(unstuffer.feed("a\r\n.\r\n").state, State::complete);
  EXPECT_TRUE(unstuffer.is_complete());
  const Unstuffer::Fed fed = unstuffer.feed("QUIT\r\n");
  EXPECT_EQ(fed.state, State::complete);
  EXPECT_EQ(fed.consumed, 0U);
}

UnstuffRules with_end(DataEnd end) {
  UnstuffRules rules;
  rules.ends.push_back(std::move(end));
  return rules;
}

TEST(BrokenUnstuffing, ExtraEnds) {
  expect_complete({"a\n.\nb", "a\n", "b"}, with_end({"\n.\n", 1}));
  expect_complete({"a\n.\r\nb", "a\n", "b"}, with_end({"\n.\r\n", 1}));
  expect_complete({"a\r.\rb", "a\r", "b"}, with_end({"\r.\r", 1}));
  expect_complete({"a\r\n.\rb", "a\r\n", "b"}, with_end({"\r\n.\r", 2}));
  expect_complete({"a\r\n.\nb", "a\r\n", "b"}, with_end({"\r\n.\n", 2}));
  expect_complete({"a\r\n.\r\r\nb", "a\r\n", "b"}, with_end({"\r\n.\r\r\n", 2}));
  expect_complete({"a\r\n.\0\r\nb"s, "a\r\n", "b"}, with_end({"\r\n.\0\r\n"s, 2}));
  expect_complete({"a\r\n\0.\r\nb"s, "a\r\n", "b"}, with_end({"\r\n\0.\r\n"s, 2}));
  expect_complete({"a\n\nb", "a\n\n", "b"}, with_end({"\n\n", 2}));
}

TEST(BrokenUnstuffing, ExtraEndsLeaveTheTrueOne) {
  expect_complete({"a\n.b\r\n..c\r\n.\r\nd", "a\n.b\r\n.c\r\n", "d"}, with_end({"\n.\n", 1}));
  expect_complete({".\nb", "", "b"}, with_end({"\n.\n", 1}));  // the CRLF of DATA counts
  expect_complete({"a\r\n.\r\nb", "a\r\n", "b"}, with_end({"\r.\r", 1}));
}

TEST(BrokenUnstuffing, AnEndWithinTheBeginningOfAnotherIsSeen) {
  expect_complete({"a\r\n.\rb", "a\r\n", "b"}, with_end({"\n.\r", 1}));
  EXPECT_EQ(receive("a\r\n.\rb", with_end({"\n.\r", 1}), 1).ended_by, "\n.\r");
}

TEST(BrokenUnstuffing, WithoutTheTrueEnd) {
  UnstuffRules rules;
  rules.ends = {{"\n.\n", 1}};
  expect_complete({"a\r\n.\r\nb\n.\n", "a\r\n\r\nb\n", ""}, rules);
  rules.ends.clear();
  EXPECT_EQ(receive("a\r\n.\r\n", rules, 3).content, "a\r\n\r\n");
}

TEST(BrokenUnstuffing, Modes) {
  const std::string wire = "..a\r\n...b\r\n.c\r\n.\r\n";
  UnstuffRules rules;
  rules.mode = UnstuffMode::none;
  expect_complete({wire, "..a\r\n...b\r\n.c\r\n", ""}, rules);
  rules.mode = UnstuffMode::twice;
  expect_complete({wire, "a\r\n.b\r\nc\r\n", ""}, rules);
  rules.mode = UnstuffMode::first_line_only;
  expect_complete({wire, ".a\r\n...b\r\n.c\r\n", ""}, rules);
  rules.mode = UnstuffMode::correct;
  expect_complete({wire, ".a\r\n..b\r\nc\r\n", ""}, rules);
  rules.lf_starts_line = true;
  expect_complete({"a\n..b\r\n.\r\n", "a\n.b\r\n", ""}, rules);
}

TEST(Unstuffing, UndoesStuffing) {
  for (const std::string content :
       {"", ".", "..", "a", "\r\n", ".\r\n", "a\r\n.b\r\n..\r\n.", "\r", "\n", "a\r\n.\r\n", "\r\n.\r"}) {
    const bool needs_crlf =
        !content.empty() && (content.size() < 2 || content.substr(content.size() - 2) != "\r\n");
    expect_complete({stuff(content) + "rest", content + (needs_crlf ? "\r\n" : ""), "rest"});
  }
}

}  // namespace
}  // namespace smtpspec::smtp
