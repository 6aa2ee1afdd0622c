// SPDX-License-Identifier: Apache-2.0
#include "refserver/server.hpp"

#include <gmock/gmock.h>
#include <gsasl.h>
#include <gtest/gtest.h>

#include "refserver/defects.hpp"
#include "smtp/base64.hpp"
#include "smtp/line.hpp"
#include "smtp/reply.hpp"
#include "wire/connection.hpp"

namespace smtpspec::refserver {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::chrono::seconds patience{5};

ServerOptions options(const std::string& defect = {}) {
  ServerOptions made;
  made.listen = {{Service::smtp, wire::TcpEndpoint{"127.0.0.1", 0}},
                 {Service::smtps, wire::TcpEndpoint{"127.0.0.1", 0}},
                 {Service::lmtp, wire::TcpEndpoint{"127.0.0.1", 0}},
                 {Service::submission, wire::TcpEndpoint{"::1", 0}}};
  if (!defect.empty()) find_defect(defect)->apply(made.configuration);
  return made;
}

/// A client that keeps everything in step: one coroutine calls after another.
class TestClient {
 public:
  explicit TestClient(wire::Connection connection) : connection_(std::move(connection)) {}

  /// The next reply; code 0 when the stream ended or nothing came.
  wire::Task<smtp::Reply> reply() {
    while (true) {
      if (const auto line = lines_.next()) {
        if (parser_.feed(*line) != smtp::ReplyParser::State::need_more) co_return parser_.take();
        continue;
      }
      auto outcome = co_await connection_.read_some(wire::deadline_after(patience));
      const auto* received = std::get_if<wire::Received>(&outcome);
      if (received == nullptr) co_return smtp::Reply{};
      lines_.feed(received->bytes);
    }
  }

  wire::Task<int> say(std::string octets) {
    co_await write(std::move(octets) + "\r\n");
    const smtp::Reply answer = co_await reply();
    co_return answer.code;
  }

  wire::Task<void> write(std::string octets) {
    co_await connection_.write(octets, wire::deadline_after(patience));
  }

  wire::Task<bool> start_tls(std::string ca_pem) {
    wire::TlsClientSettings settings;
    settings.ca_pem = std::move(ca_pem);
    auto context = wire::make_tls_client_context(settings);
    auto outcome = co_await connection_.start_tls_client(
        std::get<wire::TlsClientContext>(context), "mx.example.test", {}, wire::deadline_after(patience));
    const auto* up = std::get_if<wire::TlsUp>(&outcome);
    co_return up != nullptr && up->facts.verified;
  }

  wire::Connection& connection() { return connection_; }

 private:
  wire::Connection connection_;
  smtp::LineSplitter lines_{smtp::LinePolicy::lf_too};
  smtp::ReplyParser parser_;
};

wire::Task<TestClient> connect(wire::EventLoop& loop, wire::Endpoint endpoint) {
  auto outcome = co_await wire::connect(loop, std::move(endpoint), {}, wire::deadline_after(patience));
  co_return TestClient(std::get<wire::Connection>(std::move(outcome)));
}

class ServerTest : public testing::Test {
 protected:
  void serve(ServerOptions made = options()) {
    server_.emplace(loop_, std::move(made));
    ASSERT_EQ(server_->start(), std::nullopt);
  }
  wire::Endpoint at(Service service) { return *server_->endpoint(service); }

  wire::EventLoop loop_;
  std::optional<Server> server_;
};

wire::Task<void> send_a_message(wire::EventLoop& loop, wire::Endpoint endpoint) {
  TestClient client = co_await connect(loop, std::move(endpoint));
  EXPECT_EQ((co_await client.reply()).code, 220);
  EXPECT_EQ(co_await client.say("EHLO client.example"), 250);
  EXPECT_EQ(co_await client.say("MAIL FROM:<a@client.example>"), 250);
  EXPECT_EQ(co_await client.say("RCPT TO:<user+t0@example.test>"), 250);
  EXPECT_EQ(co_await client.say("DATA"), 354);
  EXPECT_EQ(co_await client.say("Subject: x\r\n\r\n..a\r\n."), 250);
  EXPECT_EQ(co_await client.say("QUIT"), 221);
  EXPECT_EQ((co_await client.reply()).code, 0);
}

TEST_F(ServerTest, DeliversAMessage) {
  serve();
  std::size_t told = 0;
  server_->store().on_delivery([&](const Delivery&) { ++told; });
  loop_.run(send_a_message(loop_, at(Service::smtp)));
  EXPECT_EQ(told, 1u);
  ASSERT_EQ(server_->store().to_token("t0").size(), 1u);
  EXPECT_THAT(*server_->store().to_token("t0")[0]->bytes, testing::EndsWith("Subject: x\r\n\r\n.a\r\n"));
}

wire::Task<void> count_down(wire::Task<void> task, int& left, wire::Event& done) {
  co_await std::move(task);
  if (--left == 0) done.set();
}

wire::Task<void> many_at_once(wire::EventLoop& loop, wire::Endpoint endpoint, int count) {
  wire::Event done(loop);
  int left = count;
  for (int i = 0; i < count; ++i) loop.spawn(count_down(send_a_message(loop, endpoint), left, done));
  EXPECT_TRUE(co_await done.wait(wire::deadline_after(30s)));
}

wire::Task<void> nobody_left(wire::EventLoop& loop, Server& server) {
  const auto deadline = wire::deadline_after(patience);
  while (server.sessions() > 0 && wire::FairClock::now() < deadline) {
    co_await wire::sleep_for(loop, 1ms);
  }
}

TEST_F(ServerTest, ServesManyAtOnce) {
  serve();
  loop_.run(many_at_once(loop_, at(Service::smtp), 200));
  EXPECT_EQ(server_->store().deliveries().size(), 200u);
  loop_.run(nobody_left(loop_, *server_));
  EXPECT_EQ(server_->sessions(), 0u);
}

wire::Task<void> over_starttls(wire::EventLoop& loop, wire::Endpoint endpoint, std::string ca) {
  TestClient client = co_await connect(loop, std::move(endpoint));
  EXPECT_EQ((co_await client.reply()).code, 220);
  EXPECT_EQ(co_await client.say("EHLO client.example"), 250);
  EXPECT_EQ(co_await client.say("STARTTLS\r\nNOOP\r\nRS"), 220);
  EXPECT_TRUE(co_await client.start_tls(ca));
  EXPECT_EQ(co_await client.say("MAIL FROM:<>"), 503);
  EXPECT_EQ(co_await client.say("EHLO client.example"), 250);
  EXPECT_EQ(co_await client.say("QUIT"), 221);
}

TEST_F(ServerTest, StartsTlsAndThrowsClearInputAway) {
  serve();
  loop_.run(over_starttls(loop_, at(Service::smtp), server_->certificate_pem()));
}

wire::Task<int> injected(wire::EventLoop& loop, wire::Endpoint endpoint, std::string ca, std::string clear,
                         std::string encrypted) {
  TestClient client = co_await connect(loop, std::move(endpoint));
  co_await client.reply();
  co_await client.say("EHLO client.example");
  co_await client.write("STARTTLS\r\n" + clear);
  EXPECT_EQ((co_await client.reply()).code, 220);
  EXPECT_TRUE(co_await client.start_tls(ca));
  co_await client.write(encrypted + "\r\n");
  co_return (co_await client.reply()).code;
}

TEST_F(ServerTest, DefectsKeepClearInput) {
  serve(options("clear-commands-kept"));
  EXPECT_EQ(loop_.run(injected(loop_, at(Service::smtp), server_->certificate_pem(), "HELP\r\n", "NOOP")),
            214);
  serve(options("clear-fragment-kept"));
  EXPECT_EQ(loop_.run(injected(loop_, at(Service::smtp), server_->certificate_pem(), "X\r\nHE", "LP")), 214);
}

wire::Task<void> over_implicit_tls(wire::EventLoop& loop, wire::Endpoint endpoint, std::string ca) {
  TestClient client = co_await connect(loop, std::move(endpoint));
  EXPECT_TRUE(co_await client.start_tls(ca));
  EXPECT_EQ((co_await client.reply()).code, 220);
  EXPECT_EQ(co_await client.say("EHLO client.example\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA"), 250);
  for (const int code : {250, 250, 354}) EXPECT_EQ((co_await client.reply()).code, code);
  EXPECT_EQ(co_await client.say("x: y\r\n\r\n."), 250);
  EXPECT_EQ(co_await client.say("QUIT"), 221);
}

TEST_F(ServerTest, SpeaksTlsAtOnce) {
  serve();
  loop_.run(over_implicit_tls(loop_, at(Service::smtps), server_->certificate_pem()));
  EXPECT_THAT(*server_->store().deliveries()[0].bytes, HasSubstr("with ESMTPS id"));
}

wire::Task<void> to_lmtp(wire::EventLoop& loop, wire::Endpoint endpoint) {
  TestClient client = co_await connect(loop, std::move(endpoint));
  EXPECT_EQ((co_await client.reply()).code, 220);
  EXPECT_EQ(co_await client.say("EHLO c"), 500);
  EXPECT_EQ(co_await client.say("LHLO c"), 250);
  EXPECT_EQ(co_await client.say("MAIL FROM:<>"), 250);
  EXPECT_EQ(co_await client.say("RCPT TO:<user@example.test>"), 250);
  EXPECT_EQ(co_await client.say("RCPT TO:<postmaster>"), 250);
  EXPECT_EQ(co_await client.say("DATA"), 354);
  EXPECT_EQ(co_await client.say("x: y\r\n\r\n."), 250);
  EXPECT_EQ((co_await client.reply()).code, 250);
}

TEST_F(ServerTest, SpeaksLmtp) {
  serve();
  loop_.run(to_lmtp(loop_, at(Service::lmtp)));
  EXPECT_EQ(server_->store().deliveries().size(), 2u);
}

wire::Task<void> unauthenticated(wire::EventLoop& loop, wire::Endpoint endpoint) {
  TestClient client = co_await connect(loop, std::move(endpoint));
  EXPECT_EQ((co_await client.reply()).code, 220);
  EXPECT_EQ(co_await client.say("EHLO c"), 250);
  EXPECT_EQ(co_await client.say("MAIL FROM:<>"), 530);
}

TEST_F(ServerTest, SubmissionNeedsAuth) {
  serve();
  loop_.run(unauthenticated(loop_, at(Service::submission)));
}

/// The client's side by the same library, which is not the code under test.
class SaslClient {
 public:
  SaslClient(const char* mechanism, const char* password) {
    gsasl_init(&context_);
    gsasl_client_start(context_, mechanism, &session_);
    gsasl_property_set(session_, GSASL_AUTHID, "user@example.test");
    gsasl_property_set(session_, GSASL_PASSWORD, password);
  }
  ~SaslClient() {
    gsasl_finish(session_);
    gsasl_done(context_);
  }
  SaslClient(const SaslClient&) = delete;
  SaslClient& operator=(const SaslClient&) = delete;

  std::string step(const std::string& input) {
    char* output = nullptr;
    std::size_t octets = 0;
    const int result = gsasl_step(session_, input.data(), input.size(), &output, &octets);
    EXPECT_TRUE(result == GSASL_OK || result == GSASL_NEEDS_MORE) << gsasl_strerror(result);
    std::string said = output == nullptr ? std::string{} : std::string(output, octets);
    gsasl_free(output);
    return said;
  }

 private:
  Gsasl* context_ = nullptr;
  Gsasl_session* session_ = nullptr;
};

wire::Task<int> authenticate(wire::EventLoop& loop, wire::Endpoint endpoint, const char* mechanism,
                             const char* password) {
  TestClient client = co_await connect(loop, std::move(endpoint));
  co_await client.reply();
  co_await client.say("EHLO c");
  SaslClient sasl(mechanism, password);
  co_await client.write("AUTH " + std::string(mechanism) + "\r\n");
  while (true) {
    const smtp::Reply reply = co_await client.reply();
    if (reply.code != 334) co_return reply.code;
    const std::string question = smtp::decode_base64(reply.lines[0].text()).value_or("?");
    co_await client.write(smtp::encode_base64(sasl.step(question)) + "\r\n");
  }
}

TEST_F(ServerTest, AuthenticatesByEveryMechanism) {
  serve();
  for (const char* mechanism : {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"}) {
    EXPECT_EQ(loop_.run(authenticate(loop_, at(Service::smtp), mechanism, "testpass")), 235) << mechanism;
    EXPECT_EQ(loop_.run(authenticate(loop_, at(Service::smtp), mechanism, "wrong")), 535) << mechanism;
  }
}

wire::Task<void> break_off(wire::EventLoop& loop, wire::Endpoint endpoint) {
  TestClient client = co_await connect(loop, std::move(endpoint));
  co_await client.reply();
  co_await client.say("EHLO c");
  co_await client.say("MAIL FROM:<>");
  co_await client.say("RCPT TO:<user@example.test>");
  co_await client.say("DATA");
  co_await client.write("x: y\r\n\r\nhalf");
  client.connection().half_close();
  EXPECT_EQ((co_await client.reply()).code, 0);
}

TEST_F(ServerTest, HalfAMessageIsNoMessage) {
  serve();
  loop_.run(break_off(loop_, at(Service::smtp)));
  EXPECT_TRUE(server_->store().deliveries().empty());
  serve(options("partial-message-delivered"));
  loop_.run(break_off(loop_, at(Service::smtp)));
  EXPECT_EQ(server_->store().deliveries().size(), 1u);
}

wire::Task<void> stopped(wire::EventLoop& loop, Server& server) {
  TestClient client = co_await connect(loop, *server.endpoint(Service::smtp));
  co_await client.reply();
  co_await server.stop();
  EXPECT_EQ((co_await client.reply()).code, 421);
  EXPECT_EQ((co_await client.reply()).code, 0);
}

TEST_F(ServerTest, Says421WhenItStops) {
  serve();
  loop_.run(stopped(loop_, *server_));
}

wire::Task<void> greeted(wire::EventLoop& loop, wire::Endpoint endpoint) {
  TestClient client = co_await connect(loop, std::move(endpoint));
  EXPECT_EQ((co_await client.reply()).code, 220);
}

TEST_F(ServerTest, BeginsAgainWhereItListened) {
  serve();
  const wire::Endpoint before = at(Service::smtp);
  loop_.run(stopped(loop_, *server_));
  ASSERT_EQ(server_->start(), std::nullopt);
  EXPECT_EQ(wire::format(at(Service::smtp)), wire::format(before));
  loop_.run(greeted(loop_, before));
  server_->break_off();
  ASSERT_EQ(server_->start(), std::nullopt);
  loop_.run(greeted(loop_, before));
}

wire::Task<void> ended_without_a_word(wire::EventLoop& loop, Server& server) {
  TestClient client = co_await connect(loop, *server.endpoint(Service::smtp));
  co_await client.reply();
  co_await server.stop();
  EXPECT_EQ((co_await client.reply()).code, 0);
}

TEST_F(ServerTest, SaysNothingWhenItStopsWithADefect) {
  serve(options("shutdown-without-421"));
  loop_.run(ended_without_a_word(loop_, *server_));
}

wire::Task<void> silent(wire::EventLoop& loop, wire::Endpoint endpoint) {
  TestClient client = co_await connect(loop, std::move(endpoint));
  co_await client.reply();
  EXPECT_EQ((co_await client.reply()).code, 421);
}

TEST_F(ServerTest, Says421ToTheSilent) {
  ServerOptions made = options();
  made.configuration.policy.limits.idle = 0s;
  serve(std::move(made));
  loop_.run(silent(loop_, at(Service::smtp)));
}

TEST_F(ServerTest, TellsWhyItCannotListen) {
  ServerOptions made;
  made.listen = {{Service::smtp, wire::UnixEndpoint{"/nowhere/at/all"}}};
  Server server(loop_, std::move(made));
  EXPECT_NE(server.start(), std::nullopt);
}

}  // namespace
}  // namespace smtpspec::refserver
