// SPDX-License-Identifier: Apache-2.0
#include "interop/judgement.hpp"

#include <gmock/gmock.h>

namespace smtpspec::interop {
namespace {

using base::Verdict;
using testing::HasSubstr;
using Kind = engine::Submitted::Kind;

const std::string content = "Subject: t\r\n\r\n.one\r\ntwo\r\n";

class JudgementTest : public testing::Test {
 protected:
  JudgementTest() {
    message.of_sender = {"R-SENDER"};
    message.of_receiver = {"R-RECEIVER"};
    message.sender = std::get<scenario::Template>(scenario::Template::parse("somebody"));
    evidence.message = &message;
    evidence.sender = {"alpha", {}};
    evidence.receiver = {"beta", {}};
    evidence.submitted = content;
    evidence.handed_over = {Kind::taken, ""};
    evidence.kept_by_sender = evidence.kept_by_receiver = InQueue::no;
    evidence.transfers.push_back({transfer(), {}});
    evidence.mailboxes.push_back({"tok", {stored(content)}});
  }

  static Transfer transfer() {
    Transfer one;
    one.recipients.push_back({"RCPT TO:<u+tok@b>", 250, "250 ok"});
    one.content = "Received: by alpha\r\n" + content;
    one.has_content = true;
    one.code = 250;
    one.reply = "250 taken";
    one.offer = {"8BITMIME", "DSN"};
    return one;
  }
  static target::StoredMessage stored(const std::string& of) {
    target::StoredMessage one;
    one.bytes = "Return-Path: <s>\r\nReceived: by beta\r\nReceived: by alpha\r\n" + of;
    return one;
  }
  void refuse(const std::string& reply) {
    evidence.mailboxes[0].messages.clear();
    auto& one = evidence.transfers[0].transfer;
    one.code = reply[0] == '4' ? 451 : 550;
    one.reply = reply;
  }
  result::CaseResult judged() {
    result::CaseResult result;
    judge(evidence, {}, result);
    return result;
  }

  Message message;
  Evidence evidence;
};

TEST_F(JudgementTest, WhatArrivesAsItWasPasses) {
  const auto result = judged();
  EXPECT_EQ(result.verdict, Verdict::pass);
  EXPECT_EQ(result.outcome, "arrived as it was");
}

TEST_F(JudgementTest, WhoChangedItIsToldByTheWire) {
  auto& wire = evidence.transfers[0].transfer.content;
  wire.erase(wire.find(".one"), 1);
  evidence.mailboxes[0].messages[0] = stored("Subject: t\r\n\r\none\r\ntwo\r\n");
  auto result = judged();
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(result.outcome, "changed by alpha");
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].requirements, std::vector<std::string>{"R-SENDER"});
  EXPECT_THAT(result.findings[0].expected, HasSubstr(".one"));
  wire = "Received: by alpha\r\n" + content;
  result = judged();
  EXPECT_EQ(result.outcome, "changed by beta");
  EXPECT_EQ(result.findings[0].requirements, std::vector<std::string>{"R-RECEIVER"});
}

TEST_F(JudgementTest, WhatTheStoreDoesIsNoChange) {
  evidence.effects.line_ending = target::StoreEffects::LineEnding::lf;
  evidence.mailboxes[0].messages[0].bytes = "Received: by alpha\nSubject: t\n\n.one\ntwo\n";
  EXPECT_EQ(judged().verdict, Verdict::pass);
}

TEST_F(JudgementTest, WhatIsNotJudgedIsRecorded) {
  message.judged = false;
  evidence.transfers[0].transfer.content = "mended";
  const auto result = judged();
  EXPECT_EQ(result.verdict, Verdict::info);
  EXPECT_EQ(result.outcome, "changed by alpha");
}

TEST_F(JudgementTest, ToSevenBitsOnlyWhereEightAreNotOffered) {
  evidence.submitted = "Subject: t\r\n\r\n\xe9\r\n";
  evidence.transfers[0].transfer.content =
      "Subject: t\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E9\r\n";
  evidence.mailboxes[0].messages[0].bytes = evidence.transfers[0].transfer.content;
  EXPECT_EQ(judged().verdict, Verdict::fail);
  evidence.transfers[0].transfer.offer = {"SIZE"};
  EXPECT_EQ(judged().verdict, Verdict::info);
}

TEST_F(JudgementTest, TwoCopiesAreSomebodysFault) {
  evidence.mailboxes[0].messages.push_back(stored(content));
  EXPECT_EQ(judged().outcome, "delivered 2 times by beta");
  evidence.transfers.push_back({transfer(), {}});
  EXPECT_EQ(judged().outcome, "sent 2 times by alpha");
  EXPECT_EQ(judged().verdict, Verdict::fail);
}

TEST_F(JudgementTest, WhatIsDeliveredAndNotAnsweredIsRecorded) {
  auto& first = evidence.transfers[0].transfer;
  first.code = 0;
  first.reply.clear();
  EXPECT_EQ(judged().outcome, "arrived, unanswered by beta");
  EXPECT_EQ(judged().verdict, Verdict::info);
  evidence.transfers.push_back({transfer(), {}});
  EXPECT_EQ(judged().verdict, Verdict::pass);
  evidence.mailboxes[0].messages.push_back(stored(content));
  EXPECT_EQ(judged().outcome, "arrived 2 times, unanswered by beta");
  EXPECT_EQ(judged().verdict, Verdict::info);
  evidence.transfers.pop_back();
  evidence.mailboxes[0].messages.pop_back();
  evidence.transfers[0].transfer.reply = "550 no";
  EXPECT_EQ(judged().outcome, "delivered and refused by beta");
  EXPECT_EQ(judged().verdict, Verdict::warn);
}

TEST_F(JudgementTest, ARetryAfterARefusalIsNoSecondCopy) {
  auto first = transfer();
  first.code = 451;
  first.reply = "451 later";
  evidence.transfers.insert(evidence.transfers.begin(), {first, {}});
  EXPECT_EQ(judged().verdict, Verdict::pass);
}

TEST_F(JudgementTest, WhatIsLostWithoutAWordFails) {
  evidence.mailboxes[0].messages.clear();
  EXPECT_EQ(judged().outcome, "lost by beta");
  EXPECT_EQ(judged().verdict, Verdict::fail);
  evidence.kept_by_receiver = InQueue::yes;
  EXPECT_EQ(judged().verdict, Verdict::info);
  evidence.kept_by_receiver = InQueue::unknown;
  EXPECT_EQ(judged().verdict, Verdict::blocked);
  evidence.transfers.clear();
  EXPECT_EQ(judged().outcome, "lost by alpha");
  EXPECT_EQ(judged().verdict, Verdict::fail);
}

TEST_F(JudgementTest, WhatIsRefusedAndReportedIsRecorded) {
  refuse("550 5.6.0 no");
  EXPECT_EQ(judged().outcome, "lost by alpha");
  evidence.reports.push_back(stored("a report"));
  EXPECT_EQ(judged().verdict, Verdict::info);
  EXPECT_EQ(judged().outcome, "refused by beta, and reported");
  EXPECT_THAT(judged().findings[0].message, HasSubstr("beta said: 550 5.6.0 no"));
  evidence.reports.clear();
  evidence.kept_by_sender = InQueue::yes;
  EXPECT_EQ(judged().outcome, "refused by beta, and kept");
  message.must_be_taken = true;
  EXPECT_EQ(judged().verdict, Verdict::blocked);
}

TEST_F(JudgementTest, NobodyIsToldOfANotice) {
  refuse("550 no");
  message.sender = scenario::Template::literal("");
  EXPECT_EQ(judged().verdict, Verdict::info);
}

TEST_F(JudgementTest, OneMessageThatBecomesTwoFails) {
  message.judged = false;
  evidence.smuggled.push_back(stored("second"));
  EXPECT_EQ(judged().outcome, "two messages, by beta");
  evidence.smuggled_on_the_wire = true;
  EXPECT_EQ(judged().outcome, "two messages, by alpha");
  EXPECT_EQ(judged().verdict, Verdict::fail);
  // Also where the sender said no to the first.
  evidence.handed_over = {Kind::refused, "550 no"};
  EXPECT_EQ(judged().verdict, Verdict::fail);
}

TEST_F(JudgementTest, WhatIsNotTakenIsNoFault) {
  evidence.transfers.clear();
  evidence.mailboxes[0].messages.clear();
  evidence.handed_over = {Kind::refused, "554 5.6.0 no\\r\\n"};
  EXPECT_EQ(judged().outcome, "not taken by alpha");
  EXPECT_EQ(judged().verdict, Verdict::info);
  EXPECT_EQ(judged().findings[0].message, "alpha does not take the message: 554 5.6.0 no");
  evidence.handed_over = {Kind::unable, "no DSN in the answer to EHLO"};
  EXPECT_EQ(judged().verdict, Verdict::unsupported);
  evidence.handed_over = {Kind::failed, "silence"};
  EXPECT_EQ(judged().verdict, Verdict::blocked);
  evidence.handed_over = {Kind::refused, "550 no"};
  message.must_be_taken = true;
  EXPECT_EQ(judged().verdict, Verdict::blocked);
}

TEST_F(JudgementTest, AParameterGoesAlongWhereItIsOffered) {
  message.carried = Carried{"DSN", "NOTIFY=NEVER", {"R-DSN"}};
  EXPECT_EQ(judged().outcome, "parameter lost by alpha");
  evidence.transfers[0].transfer.recipients[0].command += " NOTIFY=NEVER";
  EXPECT_EQ(judged().verdict, Verdict::pass);
  evidence.transfers[0].transfer.recipients[0].command = "RCPT TO:<u+tok@b>";
  evidence.transfers[0].transfer.offer = {};
  EXPECT_EQ(judged().verdict, Verdict::pass);
}

TEST_F(JudgementTest, WhatOurOwnConfigurationDecidesIsNotJudged) {
  evidence.mailboxes[0].messages[0].bytes = "changed";
  evidence.receiver.ours = {"R-RECEIVER"};
  EXPECT_EQ(judged().verdict, Verdict::info);
}

}  // namespace
}  // namespace smtpspec::interop
