// SPDX-License-Identifier: Apache-2.0
#include "interop/middleman.hpp"

#include <filesystem>
#include <unistd.h>

#include <gmock/gmock.h>

#include "wire/socket_pair_test.hpp"

namespace smtpspec::interop {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using wire::soon;

/// A sender and a receiver with the middleman between them, all over real sockets. We are both of them.
class MiddlemanTest : public wire::SocketPairTest {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("smtpspec-middleman-" + std::to_string(getpid()));
    ASSERT_EQ(middleman.listen(wire::UnixEndpoint{path_}), "");
    auto listening = wire::listen(loop, wire::TcpEndpoint{"127.0.0.1", 0});
    ASSERT_TRUE(std::holds_alternative<wire::Listener>(listening));
    receivers_.emplace(std::get<wire::Listener>(std::move(listening)));
    middleman.lead_to(receivers_->endpoint(), "127.0.0.1");
  }

  wire::ConnectOutcome connected() {
    return loop.run(wire::connect(loop, wire::UnixEndpoint{path_}, wire::ConnectOptions{}, soon()));
  }

  void connect() {
    auto outcome = connected();
    ASSERT_TRUE(std::holds_alternative<wire::Connection>(outcome));
    auto accepted = loop.run(receivers_->accept(soon()));
    ASSERT_TRUE(std::holds_alternative<wire::Connection>(accepted));
    pair.emplace(wire::SocketPair{std::get<wire::Connection>(std::move(outcome)),
                                  std::get<wire::Connection>(std::move(accepted))});
  }

  void sends(const std::string& octets) {
    write(pair->client, octets);
    EXPECT_EQ(read_bytes(pair->server, octets.size()), octets);
  }
  void answers(const std::string& octets) {
    write(pair->server, octets);
    EXPECT_EQ(read_bytes(pair->client, octets.size()), octets);
  }
  /// Up to the end of the content, which the receiver has not answered.
  void sends_a_message(const std::string& word) {
    sends("MAIL FROM:<a@a.test>\r\n");
    answers("250 ok\r\n");
    sends("RCPT TO:<" + word + "@b.test>\r\n");
    answers("250 ok\r\n");
    sends("DATA\r\n");
    answers("354 go on\r\n");
    sends("Subject: x\r\n\r\ntext\r\n.\r\n");
  }
  void opens() {
    connect();
    answers("220 b ready\r\n");
    sends("EHLO a\r\n");
    answers("250 b\r\n");
  }

  Middleman middleman{loop};

 private:
  std::string path_;
  std::optional<wire::Listener> receivers_;
};

TEST_F(MiddlemanTest, TheAnswerToTheContentIsOwedUntilItComes) {
  opens();
  EXPECT_FALSE(middleman.progress_of("token").owed) << "nothing was sent yet";
  sends_a_message("token");
  EXPECT_TRUE(middleman.progress_of("token").owed);
  EXPECT_FALSE(middleman.progress_of("other").owed);
  answers("250 taken\r\n");
  const auto progress = middleman.progress_of("token");
  EXPECT_FALSE(progress.owed);
  EXPECT_FALSE(progress.refused);
  EXPECT_FALSE(progress.deferred);
}

TEST_F(MiddlemanTest, AnEndWithoutAWordIsOwedNoMore) {
  opens();
  sends_a_message("token");
  pair->server.close();
  run_until([&] { return !middleman.progress_of("token").owed; });
  EXPECT_TRUE(middleman.progress_of("token").deferred);
}

TEST_F(MiddlemanTest, WhatIsRefusedIsToldFromWhatIsDeferred) {
  opens();
  sends_a_message("first");
  answers("550 no\r\n");
  sends_a_message("second");
  answers("451 later\r\n");
  EXPECT_TRUE(middleman.progress_of("first").refused);
  EXPECT_FALSE(middleman.progress_of("first").deferred);
  EXPECT_TRUE(middleman.progress_of("second").deferred);
  EXPECT_FALSE(middleman.progress_of("second").refused);
}

TEST_F(MiddlemanTest, ARoundHasItsOwnTransfers) {
  opens();
  sends_a_message("token");
  answers("550 no\r\n");
  EXPECT_THAT(middleman.transfers_to("token", 1), SizeIs(1));
  middleman.lead_to(wire::TcpEndpoint{"127.0.0.1", 1}, "127.0.0.1");
  EXPECT_EQ(middleman.round(), 2u);
  EXPECT_FALSE(middleman.progress_of("token").refused) << "that was in the round before";
  EXPECT_THAT(middleman.transfers_to("token", 2), IsEmpty());
  EXPECT_THAT(middleman.transfers_to("token", 1), SizeIs(1));
  EXPECT_EQ(read_text(pair->client), "<peer closed (FIN)>") << "a connection of the old round was kept";
}

TEST_F(MiddlemanTest, WhoCannotBeReachedIsTold) {
  middleman.lead_to(wire::TcpEndpoint{"127.0.0.1", 1}, "127.0.0.1");
  auto sender = connected();
  ASSERT_TRUE(std::holds_alternative<wire::Connection>(sender));
  EXPECT_EQ(read_text(std::get<wire::Connection>(sender)), "<peer closed (FIN)>");
  EXPECT_EQ(middleman.trouble(), "the server that was to be reached did not take a connection");
}

}  // namespace
}  // namespace smtpspec::interop
