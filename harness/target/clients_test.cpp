// SPDX-License-Identifier: Apache-2.0

// Every client that lies unpacked here sends a message, to several recipients and from nobody, without a line
// end in it that is not CRLF.

#include <algorithm>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "refserver/server.hpp"
#include "smtp/letter_case.hpp"
#include "target/hop_for_test.hpp"
#include "target/host.hpp"
#include "target/obstacle.hpp"
#include "target/queue.hpp"
#include "target/sender_command.hpp"
#include "target/target_loader.hpp"
#include "target/temporary_folder_for_test.hpp"

namespace smtpspec::target {
namespace {

using testing::Contains;
using testing::MatchesRegex;

class Clients : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto found = find_target(GetParam(), SMTPSPEC_SOURCE_DIR "/fixtures/targets");
    ASSERT_TRUE(found) << base::format(found.problems());
    if (const auto obstacle = obstacles(*found, {}); !obstacle.empty())
      GTEST_SKIP() << describe(obstacle.front());
    auto made = make_host(loop_, *found, {}, {});
    host_ = std::get<std::unique_ptr<Host>>(std::move(made));
    const auto port = std::get<wire::TcpEndpoint>(*host_->next_hop()).port;
    hop_.emplace(port);
    request_.port = port;
    request_.directory = folder_.path();
    request_.sender = "user+back@example.test";
    request_.recipients = {"one@relay.test"};
    request_.content =
        "From: <user+back@example.test>\r\nTo: <one@relay.test>\r\nSubject: "
        "x\r\n\r\n.dot\r\n..two\r\nend\r\n";
  }

  void send() {
    const auto outcome = run_sender_command(host_->target(), request_);
    if (const auto* failed = std::get_if<CommandFailed>(&outcome)) {
      FAIL() << failed->why << "\n" << failed->output;
    }
    const auto& ended = std::get<CommandEnded>(outcome);
    EXPECT_TRUE(ended.succeeded()) << ended.wait_status << " " << ended.output;
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  }

  std::vector<std::string> upper_case_lines() {
    auto lines = hop_->lines();
    for (std::string& line : lines) line = smtp::to_upper(line);
    return lines;
  }

  TemporaryFolder folder_;
  wire::EventLoop loop_;
  std::unique_ptr<Host> host_;
  std::optional<Hop> hop_;
  SendRequest request_;
};

TEST_P(Clients, SendAMessage) {
  send();
  const auto lines = upper_case_lines();
  EXPECT_THAT(lines, Contains(MatchesRegex("(EHLO|HELO) CLIENT\\.EXAMPLE")));
  EXPECT_THAT(lines, Contains(MatchesRegex("MAIL FROM:<USER.BACK@EXAMPLE\\.TEST>.*")));
  EXPECT_THAT(lines, Contains("RCPT TO:<ONE@RELAY.TEST>"));
  EXPECT_THAT(lines, Contains("..DOT"));
  EXPECT_THAT(lines, Contains("...TWO"));
  EXPECT_THAT(lines, Contains("END"));
  EXPECT_THAT(version_of(host_->target()).value_or(""), MatchesRegex(".*[0-9]+\\.[0-9]+.*"));
}

TEST_P(Clients, SendToSeveralAndFromNobody) {
  const std::string client = GetParam();
  const bool knows_nobody = client != "s-nail" && client != "dma";
  if (knows_nobody) request_.sender.clear();
  request_.recipients.push_back("two@relay.test");
  send();
  EXPECT_THAT(upper_case_lines(),
              Contains(MatchesRegex("MAIL FROM:<" +
                                    std::string(knows_nobody ? "" : "USER.BACK@EXAMPLE\\.TEST") + ">.*")));
  EXPECT_THAT(upper_case_lines(), Contains("RCPT TO:<ONE@RELAY.TEST>"));
  EXPECT_THAT(upper_case_lines(), Contains("RCPT TO:<TWO@RELAY.TEST>"));
}

TEST_P(Clients, AuthenticateWhenToldTo) {
  request_.user = "user";
  request_.password = "secret";
  ASSERT_EQ(cannot_send(host_->target(), request_), std::nullopt);
  run_sender_command(host_->target(), request_);
  if (hop_->seen("AUTH ") == 0) GTEST_SKIP() << "not in the clear";
}

wire::Task<void> until_ready(wire::EventLoop& loop, const std::future<bool>& sent) {
  while (sent.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    co_await wire::sleep_for(loop, std::chrono::milliseconds(3));
}

TEST_P(Clients, TrustTheCertificateThatTheyAreGivenAndAuthenticateInsideTls) {
  refserver::ServerOptions options;
  options.listen.push_back({refserver::Service::smtps});
  refserver::Server server(loop_, options);
  ASSERT_EQ(server.start(), std::nullopt);
  request_.ca = server.certificate_pem();
  request_.user = "user@example.test";
  request_.password = "testpass";
  for (const auto& [security, service] : {std::pair(Security::starttls, refserver::Service::smtp),
                                          std::pair(Security::tls, refserver::Service::smtps)}) {
    request_.security = security;
    request_.port = server.port(service);
    const std::string token = security == Security::tls ? "tls" : "starttls";
    request_.recipients = {"user+" + token + "@example.test"};
    auto sent = std::async(std::launch::async, [this] { return send(), true; });
    loop_.run(until_ready(loop_, sent));
    const auto delivered = server.store().to_token(token);
    ASSERT_EQ(delivered.size(), 1U) << token;
    EXPECT_NE(delivered.front()->facts.tls_cipher, "");
    EXPECT_EQ(delivered.front()->facts.identity, "user@example.test");
  }
}

INSTANTIATE_TEST_SUITE_P(Each, Clients,
                         testing::Values("msmtp", "curl", "swaks", "smtplib", "nodemailer", "s-nail",
                                         "nullmailer", "dma"),
                         [](const auto& client) {
                           std::string name = client.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace smtpspec::target
