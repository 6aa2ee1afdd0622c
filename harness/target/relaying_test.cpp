// SPDX-License-Identifier: Apache-2.0

// What scenarios of the relay role count on, proven on each server that lies unpacked here: mail for the
// relay domain goes to the next hop, what the next hop defers waits for a flush and then goes at once,
// whatever had gone wrong before, what it refuses comes back to the sender's mailbox, and the queue can be
// listed, emptied, and outlives a kill.

#include <thread>

#include <gtest/gtest.h>

#include "target/command.hpp"
#include "target/hop_for_test.hpp"
#include "target/host.hpp"
#include "target/obstacle.hpp"
#include "target/process_watch_for_test.hpp"
#include "target/queue.hpp"
#include "target/target_loader.hpp"
#include "target/temporary_folder_for_test.hpp"

namespace smtpspec::target {
namespace {

using std::chrono::milliseconds;

constexpr const char* submit_program = R"(
import smtplib, sys
host, port, source, tls, user, password, sender, recipient, token = sys.argv[1:]
server = smtplib.SMTP(host, int(port), source_address=(source, 0) if source else None)
server.ehlo('client.example')
if tls == 'True':
    server.starttls()
    server.ehlo('client.example')
if user:
    server.login(user, password)
text = f'From: <{sender}>\r\nTo: <{recipient}>\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <{token}@client.example>\r\nSubject: {token}\r\n\r\nword-{token}\r\n'
server.sendmail(sender, [recipient], text)
server.quit()
)";

class Relaying : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto found = find_target(GetParam(), SMTPSPEC_SOURCE_DIR "/fixtures/targets");
    ASSERT_TRUE(found) << base::format(found.problems());
    StartOptions options;
    options.temporary = folder_.path();
    if (const auto obstacle = obstacles(*found, options); !obstacle.empty())
      GTEST_SKIP() << describe(obstacle.front());
    auto made = make_host(loop_, *found, options, {});
    auto* failed = std::get_if<StartFailed>(&made);
    ASSERT_FALSE(failed) << failed->why << failed->log_tail;
    host_ = std::get<std::unique_ptr<Host>>(std::move(made));
    const auto next_hop = host_->next_hop();
    ASSERT_TRUE(next_hop);
    hop_.emplace(std::get<wire::TcpEndpoint>(*next_hop).port);
  }

  void TearDown() override {
    if (HasFailure() && host_) std::fputs(host_->log_tail().c_str(), stderr);
  }

  std::string mailbox(const std::string& token) {
    std::string address = host_->target().recipient;
    return address.replace(address.find("{token}"), 7, token);
  }

  void submit(const std::string& token) {
    const Target& target = host_->target();
    const auto at = std::get<wire::TcpEndpoint>(*target.endpoint(target.relay.on));
    const auto login = target.relay.auth ? *target.credentials : Credentials{};
    const auto outcome = run_command(
        {"/usr/bin/python3", "-c", submit_program, at.host, std::to_string(at.port),
         target.client(target.relay.client).source, target.relay.tls ? "True" : "False", login.user,
         login.password, mailbox("back" + token), token + "@" + target.relay_domain, token},
        {}, milliseconds(20'000));
    const auto* ended = std::get_if<CommandEnded>(&outcome);
    ASSERT_TRUE(ended && ended->succeeded())
        << (ended ? ended->output : std::get<CommandFailed>(outcome).why);
  }

  bool queue_comes_to(QueueState state, const std::string& token) {
    return comes_true([&] { return queue_state(host_->target(), token) == state; });
  }

  bool arrives(const std::string& token) {
    const auto deadline = std::chrono::steady_clock::now() + milliseconds(15'000);  // see opensmtpd/flush.sh
    while (hop_->seen("word-" + token) == 0) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return true;
  }

  TemporaryFolder folder_;
  wire::EventLoop loop_;
  std::unique_ptr<Host> host_;
  std::optional<Hop> hop_;
};

TEST_P(Relaying, MailArrivesAtTheNextHopAsItIs) {
  submit("one");
  EXPECT_TRUE(arrives("one"));
  EXPECT_TRUE(queue_comes_to(QueueState::free_of, "one@"));
}

TEST_P(Relaying, WhatIsDeferredWaitsForAFlush) {
  hop_->answer_rcpt("450 4.2.1 later\r\n");
  submit("two");
  ASSERT_TRUE(comes_true([&] { return hop_->seen("two@") > 0; }));
  EXPECT_TRUE(queue_comes_to(QueueState::holds, "two@"));
  hop_->answer_rcpt("250 ok\r\n");
  if (!host_->can(Action::flush)) GTEST_SKIP() << "no flush";
  EXPECT_EQ(host_->perform(Action::flush), "");
  EXPECT_TRUE(arrives("two"));
  EXPECT_TRUE(queue_comes_to(QueueState::free_of, "two@"));
  EXPECT_EQ(hop_->seen("word-two"), 1);
}

TEST_P(Relaying, AFlushDoesNotMissWhatIsBeingTriedAtThatMoment) {
  if (!host_->can(Action::flush)) GTEST_SKIP() << "no flush";
  hop_->answer_rcpt("450 4.2.1 later\r\n");
  submit("eleven");
  ASSERT_TRUE(comes_true([&] { return hop_->seen("eleven@") > 0; }));
  hop_->answer_rcpt("250 ok\r\n");
  EXPECT_EQ(host_->perform(Action::flush), "");
  EXPECT_TRUE(arrives("eleven"));
}

TEST_P(Relaying, AHopThatFailedIsTriedAtOnceByTheNextMessageAndByAFlush) {
  hop_->greet_with("421 4.3.2 not now\r\n");
  submit("three");
  ASSERT_TRUE(comes_true([&] { return hop_->sessions() > 0; }));
  EXPECT_TRUE(queue_comes_to(QueueState::holds, "three@"));
  if (!host_->can(Action::flush)) GTEST_SKIP() << "no flush";
  hop_->greet_with("220 hop.test\r\n");
  EXPECT_EQ(host_->perform(Action::purge), "");
  submit("four");
  EXPECT_TRUE(arrives("four"));
  hop_->greet_with("421 4.3.2 not now\r\n");
  submit("five");
  EXPECT_TRUE(queue_comes_to(QueueState::holds, "five@"));
  hop_->greet_with("220 hop.test\r\n");
  EXPECT_EQ(host_->perform(Action::flush), "");
  EXPECT_TRUE(arrives("five"));
  EXPECT_EQ(hop_->seen("word-three"), 0);
}

TEST_P(Relaying, WhatIsRefusedComesBack) {
  hop_->answer_rcpt("550 5.1.1 nobody\r\n");
  submit("six");
  ASSERT_TRUE(comes_true([&] { return hop_->seen("six@") > 0; }));
  const auto deadline = wire::deadline_after(milliseconds(10'000));
  const auto back = wait_for(*host_->mail(), "backsix", 1, deadline);
  ASSERT_EQ(back.size(), 1U);
  EXPECT_NE(back.front().bytes.find("six@relay.test"), std::string::npos) << back.front().bytes;
}

TEST_P(Relaying, APurgedQueueIsEmpty) {
  if (!host_->can(Action::purge)) GTEST_SKIP() << "no purge";
  hop_->answer_rcpt("450 4.2.1 later\r\n");
  submit("seven");
  EXPECT_TRUE(queue_comes_to(QueueState::holds, "seven@"));
  EXPECT_EQ(host_->perform(Action::purge), "");
  EXPECT_TRUE(queue_comes_to(QueueState::free_of, "seven@"));
  hop_->answer_rcpt("250 ok\r\n");
  EXPECT_EQ(host_->perform(Action::flush), "");
  submit("eight");
  EXPECT_TRUE(arrives("eight"));
  EXPECT_EQ(hop_->seen("word-seven"), 0);
}

TEST_P(Relaying, WhatWaitsOutlivesAKill) {
  if (!host_->can(Action::flush)) GTEST_SKIP() << "no flush";
  hop_->answer_rcpt("450 4.2.1 later\r\n");
  submit("nine");
  EXPECT_TRUE(queue_comes_to(QueueState::holds, "nine@"));
  EXPECT_EQ(host_->perform(Action::kill), "");
  EXPECT_EQ(host_->perform(Action::restart), "");
  hop_->answer_rcpt("250 ok\r\n");
  EXPECT_EQ(host_->perform(Action::flush), "");
  EXPECT_TRUE(arrives("nine"));
  EXPECT_TRUE(queue_comes_to(QueueState::free_of, "nine@"));
  EXPECT_EQ(hop_->seen("word-nine"), 1);
}

TEST_P(Relaying, ATerminatedServerServesAgain) {
  EXPECT_EQ(host_->perform(Action::terminate), "");
  EXPECT_EQ(host_->perform(Action::restart), "");
  if (host_->can(Action::reload)) {
    EXPECT_EQ(host_->perform(Action::reload), "");
  }
  submit("ten");
  EXPECT_TRUE(arrives("ten"));
}

INSTANTIATE_TEST_SUITE_P(Servers, Relaying,
                         testing::Values("postfix", "exim", "opensmtpd", "sendmail", "courier", "haraka",
                                         "qmail", "chasquid"),
                         [](const auto& server) { return std::string(server.param); });

}  // namespace
}  // namespace smtpspec::target
