// SPDX-License-Identifier: Apache-2.0
#include "sender/queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sender/defects.hpp"
#include "sender/scripted_peer_test.hpp"

namespace smtpspec::sender {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Message message_to(std::vector<std::string> addresses) {
  Message message;
  message.reverse_path = "a@s.test";
  for (std::string& address : addresses) message.recipients.push_back({std::move(address)});
  message.content = "From: <from@s.test>\r\nSubject: x\r\n\r\ntext\r\n";
  return message;
}

Script answering(std::map<std::string, std::vector<std::string>> answers) {
  Script script;
  script.answers = std::move(answers);
  return script;
}

class QueueTest : public testing::Test {
 protected:
  /// A queue before a peer that serves connections by these scripts.
  void begin(std::vector<Script> scripts, const char* defect = nullptr) {
    peer_.emplace(loop_, std::move(scripts));
    settings_.next_hop = peer_->endpoint();
    settings_.deliver_bounce = [this](Message report) { reports_.push_back(std::move(report)); };
    if (defect != nullptr) find_defect(defect)->apply(settings_.behaviour);
    queue_.emplace(loop_, settings_);
  }

  void submit(Message message) {
    ASSERT_TRUE(std::holds_alternative<Taken>(queue_->submit(std::move(message))));
  }

  std::string refusal_of(Message message) {
    const SubmitOutcome outcome = queue_->submit(std::move(message));
    const auto* not_taken = std::get_if<NotTaken>(&outcome);
    return not_taken == nullptr ? "taken" : not_taken->reply;
  }

  /// Until so many sessions have ended on both sides.
  void wait_for(std::size_t sessions) {
    ASSERT_TRUE(loop_.run(peer_->served(sessions)));
    for (int i = 0; i < 1000 && queue_->attempts_under_way() > 0; ++i) {
      loop_.run(wire::sleep_for(loop_, std::chrono::milliseconds(1)));
    }
  }

  const FakeServer& session(std::size_t number) { return *peer_->sessions().at(number); }

  wire::EventLoop loop_;
  Settings settings_;
  std::vector<Message> reports_;
  std::optional<ScriptedPeer> peer_;
  std::optional<Queue> queue_;
};

TEST_F(QueueTest, SendsAtOnce) {
  begin({Script{}});
  submit(message_to({"r@t.test"}));
  EXPECT_TRUE(queue_->holds("r@t"));
  EXPECT_THAT(queue_->list(), SizeIs(1));
  wait_for(1);
  EXPECT_THAT(session(0).contents, ElementsAre("From: <from@s.test>\r\nSubject: x\r\n\r\ntext\r\n"));
  EXPECT_FALSE(queue_->holds("r@t"));
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(QueueTest, ALargeMessageArrivesWhole) {
  Script script;
  script.keywords = {"PIPELINING"};
  begin({script});
  Message message = message_to({"r@t.test"});
  for (int i = 0; i < 20000; ++i)
    message.content += "a line of some octets, and a number: " + std::to_string(i) + "\r\n";
  submit(message);
  wait_for(1);
  ASSERT_THAT(session(0).contents, SizeIs(1));
  EXPECT_TRUE(session(0).contents[0] == message.content);
}

TEST_F(QueueTest, OnlyWhatWasDeferredIsTriedAgain) {
  begin({answering({{"RCPT", {"250 ok", "451 later", "550 5.1.1 no"}}}), Script{}});
  submit(message_to({"a@t.test", "b@t.test", "c@t.test"}));
  wait_for(1);
  EXPECT_FALSE(queue_->holds("a@t"));
  EXPECT_TRUE(queue_->holds("b@t"));
  EXPECT_FALSE(queue_->holds("c@t"));
  ASSERT_THAT(reports_, SizeIs(1));
  queue_->flush();
  wait_for(2);
  EXPECT_THAT(session(1).commands, Contains("RCPT TO:<b@t.test>"));
  EXPECT_THAT(session(1).commands, SizeIs(5));
  EXPECT_THAT(queue_->list(), IsEmpty());
  EXPECT_THAT(reports_, SizeIs(1));
}

TEST_F(QueueTest, FlushWhileUnderWayTriesOnceMore) {
  settings_.timeouts = Timeouts{}.scaled_by(1e-4);  // 30 ms for 5 minutes
  begin({answering({{"EHLO", {""}}}), Script{}});
  submit(message_to({"r@t.test"}));
  loop_.run(wire::sleep_for(loop_, std::chrono::milliseconds(1)));
  queue_->flush();
  wait_for(2);
  EXPECT_THAT(session(1).contents, SizeIs(1));
}

TEST_F(QueueTest, TriesAgainAfterTheInterval) {
  settings_.retry_interval = std::chrono::milliseconds(5);
  begin({answering({{"greeting", {"421 later"}}}), Script{}});
  submit(message_to({"r@t.test"}));
  wait_for(2);
  EXPECT_THAT(session(1).contents, SizeIs(1));
}

TEST_F(QueueTest, ARefusalWithoutTextIsReported) {
  begin({answering({{"RCPT", {"550"}}})});
  submit(message_to({"r@t.test"}));
  wait_for(1);
  ASSERT_THAT(reports_, SizeIs(1));
  EXPECT_THAT(reports_[0].content, HasSubstr("Action: failed\r\nStatus: 5.0.0\r\n"));
}

TEST_F(QueueTest, GivesUpInTheEnd) {
  settings_.give_up_after = std::chrono::nanoseconds(0);
  begin({answering({{"greeting", {"421 4.3.2 later"}}})});
  submit(message_to({"r@t.test"}));
  wait_for(1);
  ASSERT_THAT(reports_, SizeIs(1));
  EXPECT_THAT(reports_[0].content, HasSubstr("Action: failed\r\nStatus: 5.0.0\r\n"));
  EXPECT_THAT(queue_->list(), IsEmpty());
}

TEST_F(QueueTest, SilenceIsWaitedForAsLongAsSettingsSay) {
  settings_.timeouts = Timeouts{}.scaled_by(1e-4);  // 30 ms for 5 minutes
  Script script = answering({{"MAIL", {""}}});
  script.keywords = {};
  begin({script});
  submit(message_to({"r@t.test"}));
  wait_for(1);
  EXPECT_TRUE(queue_->holds("r@t.test"));
  EXPECT_THAT(session(0).commands.back(), "QUIT");
}

TEST_F(QueueTest, NobodyListensDefers) {
  begin({Script{}});
  settings_.next_hop = wire::TcpEndpoint{"127.0.0.1", 1};
  queue_.emplace(loop_, settings_);
  submit(message_to({"r@t.test"}));
  wait_for(0);
  EXPECT_EQ(queue_->attempts_under_way(), 0U);
  EXPECT_TRUE(queue_->holds("r@t.test"));
}

TEST_F(QueueTest, RefusesWhatItCanNotSend) {
  begin({Script{}});
  EXPECT_THAT(refusal_of(message_to({})), HasSubstr("553"));
  EXPECT_THAT(refusal_of(message_to({"no address"})), HasSubstr("553"));
  EXPECT_THAT(refusal_of(message_to({"a@t.test>\r\nRCPT TO:<b@t.test"})), HasSubstr("553"));
  Message nul = message_to({"r@t.test"});
  nul.content += '\0';
  EXPECT_THAT(refusal_of(nul), HasSubstr("554"));
  Message spaced = message_to({"r@t.test"});
  spaced.envid = "a b";
  EXPECT_THAT(refusal_of(spaced), HasSubstr("553"));
  settings_.next_hop.reset();
  queue_.emplace(loop_, settings_);
  EXPECT_THAT(refusal_of(message_to({"r@t.test"})), HasSubstr("550"));
}

TEST_F(QueueTest, StrayLineEndsNeverGoOut) {
  begin({Script{}});
  Message message = message_to({"r@t.test"});
  message.content = "a\nb\r.\n\rc";
  submit(message);
  wait_for(1);
  EXPECT_THAT(session(0).contents, ElementsAre("a\r\nb\r\n..\r\n\r\nc\r\n"));
}

TEST_F(QueueTest, AFailureIsReportedAsRfc3464Says) {
  begin({answering({{"RCPT", {"550-5.1.1 no such\r\n550 5.1.1 user"}}})});
  Message message = message_to({"r@t.test"});
  message.envid = "id+2B1";
  message.ret = "FULL";
  message.recipients[0].orcpt = "rfc822;r+2Bx@t.test";
  submit(message);
  wait_for(1);
  ASSERT_THAT(reports_, SizeIs(1));
  EXPECT_EQ(reports_[0].reverse_path, "");
  EXPECT_EQ(reports_[0].recipients.at(0).address, "a@s.test");
  for (const char* part :
       {"multipart/report; report-type=delivery-status", "Reporting-MTA: dns; sender.example.test\r\n",
        "Original-Envelope-Id: id+1\r\n", "\r\n\r\nOriginal-Recipient: rfc822;r+x@t.test\r\n",
        "Final-Recipient: rfc822; r@t.test\r\nAction: failed\r\nStatus: 5.1.1\r\n",
        "Remote-MTA: dns; fake.test\r\n", "Diagnostic-Code: smtp; 550-5.1.1 no such\r\n 550 5.1.1 user\r\n",
        "message/rfc822\r\n\r\nFrom: <from@s.test>"}) {
    EXPECT_THAT(reports_[0].content, HasSubstr(part));
  }
}

TEST_F(QueueTest, WhoDoesNotWantAReportGetsNone) {
  begin({answering({{"RCPT", {"550 no"}}})});
  Message message = message_to({"a@t.test", "b@t.test", "c@t.test"});
  message.recipients[0].notify = "NEVER";
  message.recipients[1].notify = "SUCCESS,DELAY";
  message.recipients[2].notify = "FAILURE";
  submit(message);
  Message from_nobody = message_to({"r@t.test"});
  from_nobody.reverse_path.clear();
  submit(from_nobody);
  wait_for(2);
  ASSERT_THAT(reports_, SizeIs(1));
  EXPECT_THAT(reports_[0].content, Not(HasSubstr("<a@t.test>")));
  EXPECT_THAT(reports_[0].content, Not(HasSubstr("<b@t.test>")));
  EXPECT_THAT(reports_[0].content, HasSubstr("Final-Recipient: rfc822; c@t.test"));
}

TEST_F(QueueTest, SuccessIsReportedWhereTheServerWillNot) {
  Script without;
  without.keywords = {};
  begin({Script{}, without});
  Message message = message_to({"r@t.test"});
  message.recipients[0].notify = "SUCCESS";
  submit(message);
  wait_for(1);
  EXPECT_THAT(reports_, IsEmpty());
  submit(message);
  wait_for(2);
  ASSERT_THAT(reports_, SizeIs(1));
  EXPECT_THAT(reports_[0].content, HasSubstr("Action: relayed\r\nStatus: 2.0.0\r\n"));
}

TEST_F(QueueTest, ALoopEnds) {
  begin({Script{}});
  Message message = message_to({"r@t.test"});
  for (int i = 0; i < 101; ++i) message.content.insert(0, "Received: from a by b; now\r\n");
  submit(message);
  wait_for(0);
  ASSERT_THAT(reports_, SizeIs(1));
  EXPECT_THAT(reports_[0].content, HasSubstr("Status: 5.4.6\r\n"));
  EXPECT_THAT(peer_->sessions(), IsEmpty());
}

TEST_F(QueueTest, MailGoesThroughTlsThatIsVerified) {
  Script script;
  script.keywords = {"STARTTLS"};
  script.keywords_in_tls = {"AUTH PLAIN"};
  peer_.emplace(loop_, std::vector<Script>{script});
  settings_.tls = {TlsPolicy::verified, peer_->certificate_pem(), "mx.example.test"};
  settings_.credentials = Credentials{"user", "secret"};
  settings_.next_hop = peer_->endpoint();
  queue_.emplace(loop_, settings_);
  submit(message_to({"r@t.test"}));
  wait_for(1);
  EXPECT_THAT(session(0).contents, SizeIs(1));
  EXPECT_THAT(session(0).commands, Contains(HasSubstr("AUTH PLAIN")));
}

TEST_F(QueueTest, AWrongNameInTheCertificateDefersVerifiedMail) {
  Script script;
  script.keywords = {"STARTTLS"};
  peer_.emplace(loop_, std::vector<Script>{script});
  settings_.tls = {TlsPolicy::verified, peer_->certificate_pem(), "other.example.test"};
  settings_.next_hop = peer_->endpoint();
  queue_.emplace(loop_, settings_);
  submit(message_to({"r@t.test"}));
  wait_for(1);
  EXPECT_THAT(session(0).contents, IsEmpty());
  EXPECT_TRUE(queue_->holds("r@t.test"));
}

TEST_F(QueueTest, PurgeAndTheEndBreakOff) {
  begin({answering({{"MAIL", {""}}})});
  submit(message_to({"r@t.test"}));
  loop_.run(wire::sleep_for(loop_, std::chrono::milliseconds(1)));
  queue_->purge();
  EXPECT_THAT(queue_->list(), IsEmpty());
  wait_for(1);
  submit(message_to({"r@t.test"}));
  queue_.reset();
  EXPECT_TRUE(loop_.run(peer_->served(1)));
}

TEST_F(QueueTest, OutlivesItsEnd) {
  begin({answering({{"MAIL", {"451 later"}}}), {}});
  submit(message_to({"r@t.test"}));
  wait_for(1);
  queue_->halt();
  EXPECT_THAT(queue_->list(), SizeIs(1));
  queue_->flush();
  EXPECT_EQ(queue_->attempts_under_way(), 0u);
  queue_->resume();
  wait_for(2);
  EXPECT_THAT(queue_->list(), IsEmpty());
}

TEST_F(QueueTest, HaltBreaksOffAndTheAttemptIsMadeAgain) {
  begin({answering({{"MAIL", {""}}}), {}});
  submit(message_to({"r@t.test"}));
  loop_.run(wire::sleep_for(loop_, std::chrono::milliseconds(1)));
  queue_->halt();
  queue_->resume();
  wait_for(2);
  EXPECT_THAT(queue_->list(), IsEmpty());
}

TEST_F(QueueTest, IsLostAtItsEndWithADefect) {
  find_defect("queue-lost-at-end")->apply(settings_.behaviour);
  begin({answering({{"MAIL", {"451 later"}}})});
  submit(message_to({"r@t.test"}));
  wait_for(1);
  queue_->halt();
  EXPECT_THAT(queue_->list(), IsEmpty());
}

TEST_F(QueueTest, IsDoubledAtItsEndWithADefect) {
  find_defect("queue-doubled-at-end")->apply(settings_.behaviour);
  begin({answering({{"MAIL", {"451 later"}}})});
  submit(message_to({"r@t.test"}));
  wait_for(1);
  queue_->halt();
  EXPECT_THAT(queue_->list(), SizeIs(2));
}

TEST_F(QueueTest, RemembersARefusedSenderWithADefect) {
  find_defect("refusal-cached")->apply(settings_.behaviour);
  begin({answering({{"MAIL", {"550 no"}}})});
  submit(message_to({"r@t.test"}));
  wait_for(1);
  submit(message_to({"other@t.test"}));
  loop_.run(wire::sleep_for(loop_, std::chrono::milliseconds(1)));
  EXPECT_EQ(queue_->attempts_under_way(), 0u);
  EXPECT_THAT(queue_->list(), IsEmpty());
}

/// What a defect of the queue does, seen from outside: so many sessions with so many messages, and reports.
struct DefectCase {
  const char* defect;
  std::vector<Script> scripts;
  std::size_t sessions;
  std::size_t contents;
  std::size_t reports;
};

class DefectiveQueueTest : public QueueTest {
 protected:
  /// One message to three recipients, of whom one wants no report; then a flush.
  void expect(const DefectCase& c) {
    SCOPED_TRACE(c.defect);
    settings_.behaviour = {};
    reports_.clear();
    begin(c.scripts, c.defect);
    Message message = message_to({"a@t.test", "b@t.test"});
    message.recipients[1].notify = "NEVER";
    message.content += "\n";
    submit(message);
    wait_for(1);
    queue_->flush();
    wait_for(c.sessions);
    EXPECT_THAT(peer_->sessions(), SizeIs(c.sessions));
    std::size_t contents = 0;
    for (const auto& session : peer_->sessions()) contents += session->contents.size();
    EXPECT_EQ(contents, c.contents);
    EXPECT_THAT(reports_, SizeIs(c.reports));
  }

  const Script good_{};
  const Script refusing_ = answering({{"RCPT", {"550 no"}}, {"DATA", {"554 no"}}});
  const Script second_refused_ = answering({{"RCPT", {"250 ok", "550 no"}}});
  const Script second_deferred_ = answering({{"RCPT", {"250 ok", "450 later"}}});
  const Script deferring_ = answering({{"MAIL", {"451 later"}}, {"DATA", {"503 no"}}});
  const Script breaking_ = answering({{".", {"close"}}});
};

TEST_F(DefectiveQueueTest, RetriesAreCounted) {
  expect({"size-twice", {deferring_, good_}, 2, 1, 0});  // the right number, for comparison
  expect({"never-retries", {deferring_, good_}, 1, 0, 0});
  expect({"retries-at-once", {deferring_}, 6, 0, 0});
  expect({"size-twice", {breaking_, good_}, 2, 2, 0});
  expect({"lost-before-250-taken-as-delivered", {breaking_, good_}, 1, 1, 0});
  expect({"lost-connection-bounced", {breaking_, good_}, 1, 1, 1});
  expect({"temporary-taken-as-permanent", {deferring_, good_}, 1, 0, 1});
  expect({"permanent-taken-as-temporary", {refusing_, good_}, 2, 1, 0});
}

TEST_F(DefectiveQueueTest, ReportsAreCounted) {
  expect({"size-twice", {refusing_}, 1, 0, 1});
  expect({"no-bounce", {refusing_}, 1, 0, 0});
  expect({"size-twice", {second_refused_}, 1, 1, 0});
  expect({"bounce-despite-never", {second_refused_}, 1, 1, 1});
  expect({"success-reported-unasked", {good_}, 1, 1, 1});
}

TEST_F(DefectiveQueueTest, DeliveredRecipientsAreSentToAgain) {
  expect({"resends-to-delivered", {second_deferred_, good_}, 2, 2, 0});
  EXPECT_THAT(session(1).commands, Contains("RCPT TO:<a@t.test>"));
  expect({"size-twice", {second_deferred_, good_}, 2, 2, 0});
  EXPECT_THAT(session(1).commands, Not(Contains("RCPT TO:<a@t.test>")));
}

TEST_F(DefectiveQueueTest, ReportsGoWrong) {
  expect({"bounce-with-sender", {refusing_}, 1, 0, 1});
  EXPECT_NE(reports_[0].reverse_path, "");
  expect({"bounce-to-header-from", {refusing_}, 1, 0, 1});
  EXPECT_EQ(reports_[0].recipients[0].address, "from@s.test");
  expect({"bounce-is-plain-text", {refusing_}, 1, 0, 1});
  EXPECT_THAT(reports_[0].content, Not(HasSubstr("multipart")));
}

TEST_F(DefectiveQueueTest, AReportIsReported) {
  begin({refusing_}, "bounce-of-bounce");
  Message message = message_to({"r@t.test"});
  message.reverse_path.clear();
  submit(message);
  wait_for(1);
  EXPECT_THAT(reports_, SizeIs(1));
}

TEST_F(DefectiveQueueTest, ARelayedMessageIsNotReported) {
  Script without_dsn;
  without_dsn.keywords = {};
  begin({without_dsn}, "relayed-not-reported");
  Message message = message_to({"r@t.test"});
  message.recipients[0].notify = "SUCCESS";
  submit(message);
  wait_for(1);
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(DefectiveQueueTest, ALoopGoesOn) {
  begin({good_}, "loop-overlooked");
  Message message = message_to({"r@t.test"});
  for (int i = 0; i < 101; ++i) message.content.insert(0, "Received: from a by b; now\r\n");
  submit(message);
  wait_for(1);
  EXPECT_THAT(session(0).contents, SizeIs(1));
}

TEST_F(DefectiveQueueTest, StrayLineEndsGoOut) {
  begin({good_}, "stray-line-ends-sent");
  Message message = message_to({"r@t.test"});
  message.content = "a\nb\rc\r\n";
  submit(message);
  wait_for(1);
  EXPECT_THAT(session(0).contents, ElementsAre("a\nb\rc\r\n"));
}

}  // namespace
}  // namespace smtpspec::sender
