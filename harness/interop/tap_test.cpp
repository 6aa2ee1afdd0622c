// SPDX-License-Identifier: Apache-2.0
#include "interop/tap.hpp"

#include <gmock/gmock.h>

namespace smtpspec::interop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class TapTest : public testing::Test {
 protected:
  void say(std::string_view sender, std::string_view receiver) {
    tap.hear_sender(sender);
    passed_on += tap.hear_receiver(receiver);
  }
  void open() {
    passed_on += tap.hear_receiver("220 b ready\r\n");
    say("EHLO a\r\n", "250-b\r\n250-8BITMIME\r\n250 STARTTLS\r\n");
    passed_on.clear();
  }
  Tap tap;
  std::string passed_on;
};

TEST_F(TapTest, StarttlsIsTakenOutOfTheAnswerToEhlo) {
  struct OfferCase {
    const char *came, *goes;
  };
  for (const auto& one :
       {OfferCase{"250-b\r\n250-STARTTLS\r\n250 DSN\r\n", "250-b\r\n250 DSN\r\n"},
        OfferCase{"250-b\r\n250-DSN\r\n250 starttls\r\n", "250-b\r\n250 DSN\r\n"},
        OfferCase{"250-b\r\n250 STARTTLS\r\n", "250 b\r\n"},
        OfferCase{"250-b\r\n250-STARTTLSX\r\n250 DSN\r\n", "250-b\r\n250-STARTTLSX\r\n250 DSN\r\n"},
        OfferCase{"250 b\r\n", "250 b\r\n"}, OfferCase{"502 no\r\n", "502 no\r\n"}}) {
    Tap other;
    EXPECT_EQ(other.hear_receiver("220-hello\r\n220 b\r\n"), "220-hello\r\n220 b\r\n");
    other.hear_sender("EHLO a\r\n");
    EXPECT_EQ(other.hear_receiver(one.came), one.goes);
  }
}

TEST_F(TapTest, ATransactionIsReadOctetByOctetAndUnstuffed) {
  open();
  say("MAIL FROM:<s@a> BODY=8BITMIME\r\n", "250 ok\r\n");
  say("RCPT TO:<u+t1@b>\r\nRCPT TO:<u+t2@b>\r\n", "250 ok\r\n550 no\r\n");
  say("DATA\r\n", "354 go on\r\n");
  for (const char octet : std::string("A: b\r\n\r\n..x\r\n.\ny\r\n.\r\n"))
    tap.hear_sender(std::string(1, octet));
  say("", "250 taken\r\n");
  say("QUIT\r\n", "221 bye\r\n");
  ASSERT_THAT(tap.transfers(), SizeIs(1));
  const auto& transfer = tap.transfers().front();
  EXPECT_EQ(transfer.mail, "MAIL FROM:<s@a> BODY=8BITMIME");
  EXPECT_EQ(transfer.content, "A: b\r\n\r\n.x\r\n\ny\r\n");
  EXPECT_TRUE(transfer.was_taken());
  EXPECT_EQ(transfer.reply, "250 taken");
  ASSERT_THAT(transfer.recipients, SizeIs(2));
  EXPECT_EQ(transfer.recipients[1].code, 550);
  EXPECT_TRUE(transfer.names("t2@"));
  EXPECT_THAT(transfer.offer, ElementsAre("8BITMIME"));
  EXPECT_EQ(passed_on, "250 ok\r\n250 ok\r\n550 no\r\n354 go on\r\n250 taken\r\n221 bye\r\n");
}

TEST_F(TapTest, LinesOfContentAreNoCommands) {
  open();
  say("MAIL FROM:<s@a>\r\n", "250 ok\r\n");
  say("RCPT TO:<t@b>\r\n", "250 ok\r\n");
  say("DATA\r\n", "354 go on\r\n");
  say("x\n.\nMAIL FROM:<s@a>\r\nRCPT TO:<other@b>\r\n.\r\n", "250 taken\r\n");
  ASSERT_THAT(tap.transfers(), SizeIs(1));
  EXPECT_FALSE(tap.transfers().front().names("other"));
}

TEST_F(TapTest, AfterARefusedDataCommandsGoOn) {
  open();
  say("MAIL FROM:<s@a>\r\n", "250 ok\r\n");
  say("RCPT TO:<t@b>\r\n", "550 no\r\n");
  say("DATA\r\n", "503 nobody\r\n");
  say("RSET\r\n", "250 ok\r\n");
  say("MAIL FROM:<s@a>\r\n", "451 later\r\n");
  ASSERT_THAT(tap.transfers(), SizeIs(2));
  EXPECT_TRUE(tap.transfers()[0].was_answered(5));
  EXPECT_FALSE(tap.transfers()[0].was_taken());
  EXPECT_TRUE(tap.transfers()[1].was_answered(4));
}

TEST_F(TapTest, ChunksAreCountedNotUnstuffed) {
  open();
  say("MAIL FROM:<s@a>\r\nRCPT TO:<t@b>\r\nBDAT 6\r\n.\r\nab\nBDAT 5 LAST\r\nc\r\n.\r",
      "250 1\r\n250 2\r\n250 3\r\n250 4\r\n");
  ASSERT_THAT(tap.transfers(), SizeIs(1));
  EXPECT_EQ(tap.transfers().front().content, ".\r\nab\nc\r\n.\r");
  EXPECT_EQ(tap.transfers().front().reply, "250 4");
}

TEST_F(TapTest, EachTransferHasItsOwnDialogue) {
  open();
  for (const char* name : {"one", "two"}) {
    say(std::string("MAIL FROM:<") + name + "@a>\r\n", "250 ok\r\n");
    say("RCPT TO:<t@b>\r\n", "250 ok\r\n");
    say("DATA\r\n", "354 go on\r\n");
    say(std::string(100'000, 'x') + "\r\n.\r\n", std::string("250 took ") + name + "\r\n");
  }
  say("QUIT\r\n", "221 bye\r\n");
  std::string first, second;
  for (const auto& event : tap.dialogue_of(tap.transfers()[0]).events) first += event.bytes;
  for (const auto& event : tap.dialogue_of(tap.transfers()[1]).events) second += event.bytes;
  EXPECT_THAT(first, HasSubstr("EHLO a"));
  EXPECT_THAT(first, HasSubstr("250 took one"));
  EXPECT_THAT(first, testing::Not(HasSubstr("two@a")));
  EXPECT_THAT(second, HasSubstr("220 b ready"));
  EXPECT_THAT(second, HasSubstr("221 bye"));
  EXPECT_THAT(second, HasSubstr("octets are not shown here"));
  EXPECT_LT(second.size(), 10'000u);
}

TEST_F(TapTest, RepliesThatNobodyAskedForPass) {
  open();
  say("QUIT\r\n", "221 bye\r\n");
  say("", "421 gone\r\ngarbage\r\n");
  EXPECT_EQ(passed_on, "221 bye\r\n421 gone\r\ngarbage\r\n");
}

}  // namespace
}  // namespace smtpspec::interop
